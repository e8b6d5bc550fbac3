// Copy this to begin a new tool: here it reboots virtual machines and waits for each reboot.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool skeleton{
    .name = "skeleton",
    .action = "vm_reboot",
    .summary = "reboot virtual machines",
    .example = "echo 100 | skeleton",
    .lines = {.keys = one_vm},
    .plain = {.changes = {{.method = Method::post,
                           .path = "{guest}/status/reboot",
                           .tasks = {"reboot"}}},
              .reading = {.path = "{guest}/status/current"}},
    .wait = 60s,
    .prints = {.columns = {{"vm_id", text("{vm_id}")},
                           {"vm_name", "name"},
                           {"vm_status", "status"}}},
    .words = {"POST reboot", "task {upid} still running after {wait}s"},
    .needs = {{"VM.PowerMgmt"}, {"VM.Audit"}},
};

int main(int argc, char** argv) { return run(skeleton, argc, argv); }
