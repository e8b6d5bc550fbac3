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

Answer vm_list(Call& call);
Answer vm_index(Call& call);
Answer vm_status_index(Call& call);
Answer vm_current(Call& call);
Answer vm_config(Call& call);
Answer vm_feature(Call& call);
Answer vm_destroy(Call& call);

Answer vm_create(Call& call);
Answer vm_clone(Call& call);
Answer vm_template(Call& call);
Answer vm_config_put(Call& call);
Answer vm_config_post(Call& call);
Answer vm_resize(Call& call);
Answer pool_list(Call& call);

Answer agent_ping(Call& call);
Answer agent_interfaces(Call& call);
Answer agent_exec(Call& call);
Answer agent_exec_status(Call& call);
Answer agent_file_write(Call& call);
Answer agent_file_read(Call& call);

Answer vm_start(Call& call);
Answer vm_stop(Call& call);
Answer vm_shutdown(Call& call);
Answer vm_reboot(Call& call);
Answer vm_reset(Call& call);
Answer vm_suspend(Call& call);
Answer vm_resume(Call& call);

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

enum class VmDetail { list, full, current };
std::string vm_row(Stage& stage, const Vm& vm, VmDetail detail);

/// Rows of machines that did not change are kept: a list of 20 000 is then mostly copying.
const std::string& list_row(Stage& stage, Vm& vm);
const std::string& resource_row(Stage& stage, Vm& vm);

/// Lists leave out, without a word, what a token may not see.
bool may_audit(const Call& call, long vmid);
std::string config_object(const Config& config, Random& random, std::string_view digest = {});

/// "Configuration file 'nodes/px/qemu-server/999.conf' does not exist".
std::string no_config_file(const Call& call);

/// "unable to find configuration file for VM 999 on node 'px'".
std::string no_such_vm(const Call& call);

/// 500 with the reason; the line end is added, as Perl's `die` wants it.
Answer die(std::string_view reason);

/// Starts the task and answers with its UPID.
Answer begin_task(Call& call, std::string_view type, Plan plan);

/// "VM is locked (backup)", or an empty text; a lock named by `except` does not count.
std::string locked_text(const Vm& vm, std::string_view except = {});

/// What follows when a VM's process is gone or there.
void power_off(Stage& stage, Vm& vm);
void power_on(Vm& vm, int pid);

}  // namespace demo_node
