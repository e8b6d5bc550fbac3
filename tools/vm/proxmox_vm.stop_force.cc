// Stop virtual machines without asking their guests, even while a shutdown waits.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool stop_force{
    .name = "proxmox_vm.stop_force",
    .action = "vm_stop_force",
    .summary = "stop virtual machines at once",
    .example = R"(echo '{"vm_id":100}' | proxmox_vm.stop_force)",
    .lines = {.keys = one_vm_to_harm},
    .guard = Guard::on_request,
    .plain = {.changes = {{.method = Method::post,
                           .path = "{guest}/status/stop",
                           .body = {{{"timeout", text("10")},
                                     {"overrule-shutdown", text("1"), dispensable}}},
                           .tasks = {"stop"},
                           .bare_task = "hastop",
                           .proof = is_stopped}},
              .reading = {.path = state_path}},
    .wait = 30s,
    .prints = {.columns = {{"vm_id", text("{vm_id}")},
                           {"vm_name", "name"},
                           {"vm_status", "status"}}},
    .words = {"POST stop", "task {upid} did not reach 'stopped' within {wait}s (last: running)."},
    .needs = {{"VM.PowerMgmt"}, {"VM.Audit"}},
};

int main(int argc, char** argv) { return run(stop_force, argc, argv); }
