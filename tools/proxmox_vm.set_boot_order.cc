// Set what virtual machines boot from: the network first, or the disk.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/creation.h"
using namespace proxmox;

constexpr Action set_boot_order{
    .tool = "proxmox_vm.set_boot_order",
    .name = "vm_set_boot_order",
    .summary = "set the devices that virtual machines boot from",
    .input = {{"vm_id", Type::vm_id, required},
              {"proxmox_node", Type::node},
              {"vm_boot_order", Type::text, required}},
    .looks = {{.prepare = compose_boot_order}},
    .act = {.method = Method::put,
            .path = "/nodes/{proxmox_node}/qemu/{vm_id}/config",
            .form = {{"boot", "{vm_boot_order}"}}},
    .wait = 30s,
    .read = "/nodes/{proxmox_node}/qemu/{vm_id}/config",
    .settings = {{"--order", "LIST", "devices in their order: scsi0,net0", "vm_boot_order", "",
                  true}},
    .carries = true,
    .output = {{"vm_id", "={vm_id}"}, {"vm_name", "name", ""}, {"vm_boot_order", "boot"}},
    .verb = "PUT boot order",
    .example = "echo 100 | proxmox_vm.set_boot_order --order scsi0,net0",
};

int main(int argc, char** argv) { return run(set_boot_order, argc, argv); }
