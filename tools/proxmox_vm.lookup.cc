// Find virtual machines by name or id, with their state and, where there is one, their address.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/lookup.h"
#include "factory/machines.h"
using namespace proxmox;

constexpr Action lookup{
    .tool = "proxmox_vm.lookup",
    .name = "vm_lookup",
    .summary = "find virtual machines by name or id, with their address",
    .input = {{"vm"}, {"proxmox_node", Type::node}, {"vm_id", Type::vm_id}, {"vm_name"}},
    .looks = {{.prepare = take_reference},
              {.path = "/nodes/{proxmox_node}/qemu", .unless = "vm_id", .prepare = find_by_name},
              {.path = "/nodes/{proxmox_node}/qemu/{vm_id}/config", .prepare = learn_identity},
              {.path = "/nodes/{proxmox_node}/qemu/{vm_id}/agent/network-get-interfaces",
               .when = "has_agent",
               .prepare = learn_address,
               .may_fail = true}},
    .read = "/nodes/{proxmox_node}/qemu/{vm_id}/status/current",
    .carries = true,
    .output = {{"vm_id", "={vm_id}"},
               {"vm_name", "name", ""},
               {"vm_status", "status"},
               {"vm_mac", "{vm_mac}", ""},
               {"vm_ip", "{vm_ip}", "null"}},
    .example = "echo web-01 | proxmox_vm.lookup",
};

int main(int argc, char** argv) { return run(lookup, argc, argv); }
