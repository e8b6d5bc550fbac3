// Ask the guests to shut down; wait until each has.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/action.h"
using namespace proxmox;

constexpr Action stop{
    .tool = "proxmox_vm.stop",
    .name = "vm_stop",
    .summary = "shut virtual machines down",
    .input = one_vm,
    .act = {.method = Method::post,
            .path = "/nodes/{proxmox_node}/qemu/{vm_id}/status/shutdown",
            .task_types = {"qmshutdown", "hastop"}},
    .wait = 30s,
    .reaches = "stopped",
    .read = "/nodes/{proxmox_node}/qemu/{vm_id}/status/current",
    .output = {{"vm_id", "{vm_id}"}, {"vm_name", "name"}, {"vm_status", "status"}},
    .verb = "POST shutdown",
    .overdue = "task {upid} did not reach 'stopped' within {wait}s (last: running).",
    .example = R"(echo '{"vm_id":100}' | proxmox_vm.stop)",
};

int main(int argc, char** argv) { return run(stop, argc, argv); }
