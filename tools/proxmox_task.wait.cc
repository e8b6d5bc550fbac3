// Wait for tasks, and give the lines that a tool gives which waits for its own.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/action.h"
using namespace proxmox;

constexpr Action wait{
    .tool = "proxmox_task.wait",
    .name = "task_wait",
    .summary = "wait for tasks, and print what the tool that began each would have printed",
    .input = {{"upid", Type::upid, required}, {whole_line}},
    .wait = 86'400s,
    .awaits = true,
    .settled = "VM {vm_id} already running",
    .read = "/nodes/{proxmox_node}/qemu/{vm_id}/status/current",
    .verb = "the task",
    .overdue = "task {upid} still running after {wait}s",
    .example = "echo 100 | proxmox_vm.start --async | proxmox_task.wait",
};

int main(int argc, char** argv) { return run(wait, argc, argv); }
