// The handlers behind the table of calls, and how they write what they show.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: one line for each call that the routes name.
#pragma once

#include <string>

#include "calls/router.h"

namespace demo_node {

Answer version(Call& call);
Answer api_index(Call& call);
Answer node_list(Call& call);
Answer node_status(Call& call);
Answer node_storage(Call& call);
Answer cluster_resources(Call& call);
Answer cluster_status(Call& call);
Answer cluster_next_id(Call& call);
Answer cluster_tasks(Call& call);
Answer permissions(Call& call);

Answer guest_list(Call& call);
Answer guest_index(Call& call);
Answer guest_status_index(Call& call);
Answer guest_current(Call& call);
Answer guest_config(Call& call);
Answer guest_feature(Call& call);
Answer guest_destroy(Call& call);
Answer guest_pending(Call& call);
Answer guest_cloudinit(Call& call);
Answer container_interfaces(Call& call);

Answer guest_create(Call& call);
Answer guest_clone(Call& call);
Answer guest_template(Call& call);
Answer guest_config_put(Call& call);
Answer guest_config_post(Call& call);
Answer guest_resize(Call& call);

Answer pool_members_put(Call& call);
Answer pool_remove(Call& call);
Answer storage_content(Call& call);
Answer storage_status(Call& call);

Answer firewall_macros(Call& call);
Answer firewall_refs(Call& call);
Answer firewall_log(Call& call);
Answer sdn_index(Call& call);
Answer sdn_ipams(Call& call);
Answer sdn_apply(Call& call);
Answer node_zones(Call& call);
Answer node_zone_content(Call& call);
Answer network_revert(Call& call);
Answer network_reload(Call& call);

Answer agent_ping(Call& call);
Answer agent_interfaces(Call& call);
Answer agent_exec(Call& call);
Answer agent_exec_status(Call& call);
Answer agent_file_write(Call& call);
Answer agent_file_read(Call& call);

Answer guest_start(Call& call);
Answer guest_stop(Call& call);
Answer guest_shutdown(Call& call);
Answer guest_reboot(Call& call);
Answer guest_reset(Call& call);
Answer guest_suspend(Call& call);
Answer guest_resume(Call& call);
Answer container_resume(Call& call);

Answer snapshot_list(Call& call);
Answer snapshot_create(Call& call);
Answer snapshot_index(Call& call);
Answer snapshot_config(Call& call);
Answer snapshot_delete(Call& call);
Answer snapshot_rollback(Call& call);

Answer task_list(Call& call);
Answer task_status(Call& call);
Answer task_log(Call& call);
Answer task_stop(Call& call);

/// A task as the lists show it; running and ended ones differ in shape.
std::string task_row(const Task& task, Random& random, bool in_cluster_list);

enum class GuestDetail { list, full, current };
std::string guest_row(Stage& stage, const Guest& guest, GuestDetail detail);

/// Rows of machines that did not change are kept: a list of 20 000 is then mostly copying.
const std::string& list_row(Stage& stage, Guest& guest);
const std::string& resource_row(Stage& stage, Guest& guest);

/// The same, as a member of a pool is shown: without the pool.
std::string member_row(Stage& stage, Guest guest);

/// Lists leave out, without a word, what a token may not see.
bool may_audit(const Call& call, long vmid);
std::string config_object(const Config& config, Random& random, std::string_view digest = {});

/// "Configuration file 'nodes/px/qemu-server/999.conf' does not exist".
std::string no_config_file(const Call& call);

/// "unable to find configuration file for VM 999 on node 'px'".
std::string no_such_guest(const Call& call);

/// 500 with the reason; the line end is added, as Perl's `die` wants it.
Answer die(std::string_view reason);

/// Starts the task and answers with its UPID.
Answer begin_task(Call& call, std::string_view type, Plan plan);

/// The same for a task of this kind of guest: "start" is "qmstart" or "vzstart".
Answer guest_task(Call& call, std::string_view verb, Plan plan);
std::string task_type(const GuestKind& kind, std::string_view verb);

/// "VM is locked (backup)", or an empty text; a lock named by `except` does not count.
std::string locked_text(const Guest& guest, std::string_view except = {});

/// What follows when a VM's process is gone or there.
void power_off(Stage& stage, Guest& guest);
void power_on(Guest& guest, int pid);

}  // namespace demo_node
