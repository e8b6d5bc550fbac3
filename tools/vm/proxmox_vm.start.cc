// Start virtual machines; wait until each start task has ended.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool start{
    .name = "proxmox_vm.start",
    .action = "vm_start",
    .summary = "start virtual machines",
    .example = R"(echo '{"vm_id":100}' | proxmox_vm.start)",
    .lines = {.keys = one_vm},
    .plain = {.changes = {{.method = Method::post,
                           .path = "{guest}/status/start",
                           .tasks = {"start"},
                           .bare_task = "hastart",
                           .settled = "VM {vm_id} already running",
                           .proof = is_running}},
              .reading = {.path = state_path}},
    .wait = 30s,
    .prints = {.columns = {{"vm_id", text("{vm_id}")},
                           {"vm_name", "name"},
                           {"vm_status", "status"}}},
    .words = {"POST start",
              "task {upid} still running after {wait}s ; fetching current status anyway."},
    .needs = {{"VM.PowerMgmt"}, {"VM.Audit"}},
};

int main(int argc, char** argv) { return run(start, argc, argv); }
