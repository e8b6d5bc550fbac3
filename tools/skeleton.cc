// Copy this to begin a new tool: here it reboots virtual machines and waits for each reboot.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/action.h"
using namespace proxmox;

constexpr Action skeleton{
    .tool = "skeleton",
    .name = "vm_reboot",
    .summary = "reboot virtual machines",
    .input = one_vm,
    .act = {.method = Method::post,
            .path = "/nodes/{proxmox_node}/qemu/{vm_id}/status/reboot",
            .task_types = {"qmreboot"}},
    .wait = 60s,
    .read = "/nodes/{proxmox_node}/qemu/{vm_id}/status/current",
    .output = {{"vm_id", "{vm_id}"}, {"vm_name", "name"}, {"vm_status", "status"}},
    .verb = "POST reboot",
    .overdue = "task {upid} still running after {wait}s",
    .example = "echo 100 | skeleton",
};

int main(int argc, char** argv) { return run(skeleton, argc, argv); }
