// Set what virtual machines boot from: the network first, or the disk.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/creation.h"
using namespace proxmox;

constexpr Tool set_boot_order{
    .name = "proxmox_vm.set_boot_order",
    .action = "vm_set_boot_order",
    .summary = "set the devices that virtual machines boot from",
    .example = "echo 100 | proxmox_vm.set_boot_order --order scsi0,net0",
    .lines = {.keys = {{"vm_id", Type::vm_id, required},
                       {"proxmox_node", Type::node},
                       {"vm_boot_order", Type::text, required}},
              .settings = {{"--order", "LIST", "devices in their order: scsi0,net0",
                            "vm_boot_order", "", true}}},
    .plain = {.looks = {{.prepare = compose_boot_order}},
              .changes = {{.method = Method::put,
                           .path = "{guest}/config",
                           .body = {{{"boot", text("{vm_boot_order}")}}}}},
              .reading = {.path = "{guest}/config"}},
    .wait = 30s,
    .prints = {.columns = {{"vm_id", json_of("vm_id")},
                           {"vm_name", "name", ""},
                           {"vm_boot_order", "boot"}},
               .carries = true},
    .words = {"PUT boot order"},
    .needs = {{"VM.Config.Options"}, {"VM.Audit"}},
};

int main(int argc, char** argv) { return run(set_boot_order, argc, argv); }
