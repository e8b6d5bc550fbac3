// List lines: what the tools that list virtual machines have in common.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tool/tool.h"

namespace proxmox {

inline constexpr std::string_view vm_list_path = "/nodes/{proxmox_node}/qemu";
inline constexpr std::string_view vm_list_text =
    "[vm_list] {vm_id}\t{vm_status}\t{vm_name}\t(node={proxmox_node}, source={source})";
inline constexpr List<Column> vm_list_columns{
    {"vm_name", "name"},     {"vm_status", "status"},          {"vm_id", "vmid"},
    {"vm_uptime", "uptime"}, {"vm_template", "template", "0"}, {"vm_tags", "tags", R"("")"}};

/// Proxmox sends guests in a random one.
inline constexpr Order by_vm_id{"vmid"};

}  // namespace proxmox
