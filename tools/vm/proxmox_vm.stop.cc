// Ask the guests to shut down; wait until each has.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool stop{
    .name = "proxmox_vm.stop",
    .action = "vm_stop",
    .summary = "shut virtual machines down",
    .example = R"(echo '{"vm_id":100}' | proxmox_vm.stop)",
    .lines = {.keys = one_vm},
    .plain = {.changes = {{.method = Method::post,
                           .path = "{guest}/status/shutdown",
                           .tasks = {"shutdown"},
                           .bare_task = "hastop",
                           .proof = is_stopped}},
              .reading = {.path = state_path}},
    .wait = 30s,
    .prints = {.columns = {{"vm_id", text("{vm_id}")},
                           {"vm_name", "name"},
                           {"vm_status", "status"}}},
    .words = {"POST shutdown",
              "task {upid} did not reach 'stopped' within {wait}s (last: running)."},
    .needs = {{"VM.PowerMgmt"}, {"VM.Audit"}},
};

int main(int argc, char** argv) { return run(stop, argc, argv); }
