// The keys that flow through a pipe of tools, and who puts them there; see doc/factory.md.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "line/record_keys.h"

#include <algorithm>
#include <array>
#include <utility>

namespace proxmox {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> givers{{
    {"vm_id", "proxmox_vm.list, proxmox_vm.create or proxmox_vm.lookup"},
    {"vm_name", "proxmox_vm.list or proxmox_vm.lookup"},
    {"vm_ip", "guest.wait_ip or proxmox_vm.lookup"},
    {"vm_mac", "guest.wait_ip or proxmox_vm.lookup"},
    {"vm_status", "proxmox_vm.lookup"},
    {"vm_snapshot_name", "proxmox_snapshot_vm.list_snapshot"},
    {"vm_uuid", "guest.wait_ip or proxmox_vm.create"},
    {"upid", "any tool with --async"},
}};

}  // namespace

std::string_view giver_of(std::string_view key) {
    const auto found =
        std::ranges::find(givers, key, [](const auto& giver) { return giver.first; });
    return found == givers.end() ? std::string_view{} : found->second;
}

}  // namespace proxmox
