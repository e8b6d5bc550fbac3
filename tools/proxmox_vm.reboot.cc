// Reboot virtual machines through their guests; wait until each has gone down and come up.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/action.h"
using namespace proxmox;

constexpr Action reboot{
    .tool = "proxmox_vm.reboot",
    .name = "vm_reboot",
    .summary = "reboot virtual machines",
    .input = one_vm,
    .act = {.method = Method::post,
            .path = "/nodes/{proxmox_node}/qemu/{vm_id}/status/reboot",
            .task_types = {"qmreboot"}},
    .wait = 60s,
    .read = "/nodes/{proxmox_node}/qemu/{vm_id}/status/current",
    .carries = true,
    .output = {{"vm_id", "={vm_id}"}, {"vm_name", "name", ""}, {"vm_status", "status"}},
    .verb = "POST reboot",
    .overdue = "task {upid} still running after {wait}s ; fetching current status anyway.",
    .example = "echo 100 | proxmox_vm.reboot",
};

int main(int argc, char** argv) { return run(reboot, argc, argv); }
