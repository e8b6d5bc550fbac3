// Wait for tasks, and give the lines that a tool gives which waits for its own.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/tool.h"
#include "tool/ways.h"
using namespace proxmox;

constexpr Tool wait{
    .name = "proxmox_task.wait",
    .action = "task_wait",
    .summary = "wait for tasks, and print what the tool that began each would have printed",
    .example = "echo 100 | proxmox_vm.start --async | proxmox_task.wait",
    .subject = {.lanes = {"{upid}"}},
    .lines = {.keys = {{"upid", Type::upid, required}, {whole_line}}},
    .own = {.way = await_given_task,
            .awaits = true,
            .requests = {{Method::get, "{guest}/status/current"}}},
    .wait = 86'400s,
    .words = {"the task", "task {upid} still running after {wait}s"},
    .needs = {{"VM.Audit"}},
};

int main(int argc, char** argv) { return run(wait, argc, argv); }
