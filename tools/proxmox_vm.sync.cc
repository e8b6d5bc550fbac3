// Tell of every virtual machine of the node its state and, where there is one, its address.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/lookup.h"
#include "factory/machines.h"
using namespace proxmox;

constexpr Action sync_all{
    .tool = "proxmox_vm.sync",
    .name = "vm_sync",
    .summary = "tell state and address of every virtual machine",
    .input = one_vm,
    .looks = {{.path = "/nodes/{proxmox_node}/qemu/{vm_id}/config", .prepare = learn_identity},
              {.path = "/nodes/{proxmox_node}/qemu/{vm_id}/agent/network-get-interfaces",
               .when = "has_agent",
               .prepare = learn_address,
               .may_fail = true}},
    .read = "/nodes/{proxmox_node}/qemu/{vm_id}/status/current",
    .takes_every_vm = true,
    .output = {{"vm_id", "={vm_id}"},
               {"vm_name", "name", ""},
               {"vm_status", "status"},
               {"vm_mac", "{vm_mac}", ""},
               {"vm_ip", "{vm_ip}", "null"}},
    .example = "proxmox_vm.sync",
};

int main(int argc, char** argv) { return run(sync_all, argc, argv); }
