// Print the logs of tasks as they grow.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool log_of_task{
    .name = "proxmox_task.log",
    .action = "task_log",
    .summary = "print the log of each task, as it grows and until the task has ended",
    .example = "echo 100 | proxmox_vm.start --async | proxmox_task.log --text",
    .lines = {.keys = {{"upid", Type::upid, required}}},
    .wait = 86'400s,
};

int main(int argc, char** argv) { return follow_logs(log_of_task, argc, argv); }
