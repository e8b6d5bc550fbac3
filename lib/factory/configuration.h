// Configuring machines: what a line wants beside what a machine has, and what is sent of it.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tool/tool.h"

namespace proxmox {

/// What a line can want of a machine, and who that machine is; the devkit's keys as well.
inline constexpr Input wanted_of_machine[]{{"vm_id", Type::vm_id, required},
                                           {"proxmox_node", Type::node},
                                           {"vm_template_id", Type::vm_id},
                                           {"vm_name"},
                                           {"vm_uuid", Type::uuid},
                                           {"vm_mark", Type::uuid},
                                           {"vm_tags"},
                                           {"vm_tag_name"},
                                           {"vm_description"},
                                           {"vm_cores", Type::number},
                                           {"vm_sockets", Type::number},
                                           {"vm_memory", Type::number},
                                           {"vm_disk_size"},
                                           {"vm_disk", Type::word},
                                           {"vm_bridge", Type::word},
                                           {"vm_net_virtio_bridge", Type::word},
                                           {"vm_cards_wanted", Type::object},
                                           {"vm_ci_user"},
                                           {"vm_ci_password", Type::secret},
                                           {"vm_ci_ssh_keys", Type::hidden},
                                           {"vm_ci_ssh_key", Type::hidden},
                                           {"vm_ci_ip"},
                                           {"vm_ci_netmask"},
                                           {"vm_ci_ip_gw"},
                                           {"vm_ci_nameserver"},
                                           {"vm_ci_dns_ips"},
                                           {"vm_ci_searchdomain"},
                                           {"vm_ci_dns_domain"},
                                           {"vm_set_password", Type::flag}};

/// Prepare: what in this configuration is not as the record wants it. `vm_changes` is what is to be
/// sent, with the configuration's digest, and empty where nothing differs; `shown_changes` is the
/// same as anyone may see it; `vm_growth` is how large the disk is to become.
[[gnu::visibility("default")]] Result<std::string> compose_configuration(const json::Value& config,
                                                                         Record& record,
                                                                         const Moment& moment);

/// Brings a machine to what its line wants, and sends nothing where it is so already.
[[gnu::visibility("default")]] Way<Printed> configure_machine(Line& line);

}  // namespace proxmox
