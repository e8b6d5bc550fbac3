// Start virtual machines; wait until each start task has ended.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/action.h"
using namespace proxmox;

constexpr Action start{
    .tool = "proxmox_vm.start",
    .name = "vm_start",
    .summary = "start virtual machines",
    .input = one_vm,
    .act = {.method = Method::post,
            .path = "/nodes/{proxmox_node}/qemu/{vm_id}/status/start",
            .task_types = {"qmstart", "hastart"}},
    .wait = 30s,
    .settled = "VM {vm_id} already running",
    .reaches = "running",
    .read = "/nodes/{proxmox_node}/qemu/{vm_id}/status/current",
    .output = {{"vm_id", "{vm_id}"}, {"vm_name", "name"}, {"vm_status", "status"}},
    .verb = "POST start",
    .overdue = "task {upid} still running after {wait}s ; fetching current status anyway.",
    .example = R"(echo '{"vm_id":100}' | proxmox_vm.start)",
};

int main(int argc, char** argv) { return run(start, argc, argv); }
