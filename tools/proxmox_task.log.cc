// Print the logs of tasks as they grow.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/action.h"
using namespace proxmox;

constexpr Action log_of_task{
    .tool = "proxmox_task.log",
    .name = "task_log",
    .summary = "print the log of each task, as it grows and until the task has ended",
    .input = {{"upid", Type::upid, required}},
    .wait = 86'400s,
    .example = "echo 100 | proxmox_vm.start --async | proxmox_task.log --text",
};

int main(int argc, char** argv) { return follow_logs(log_of_task, argc, argv); }
