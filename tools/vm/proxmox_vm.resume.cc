// Let paused virtual machines run again.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool resume{
    .name = "proxmox_vm.resume",
    .action = "vm_resume",
    .summary = "resume paused virtual machines",
    .example = R"(echo '{"vm_id":100}' | proxmox_vm.resume)",
    .lines = {.keys = one_vm},
    .plain = {.changes = {{.method = Method::post,
                           .path = "{guest}/status/resume",
                           .tasks = {"resume"},
                           .proof = is_running}},
              .reading = {.path = state_path}},
    .wait = 10s,
    .prints = {.columns = {{"vm_id", text("{vm_id}")},
                           {"vm_name", "name"},
                           {"vm_status", "status"}}},
    .words = {"POST resume",
              "resume task {upid} did not complete within {wait}s ; reading status anyway."},
    .needs = {{"VM.PowerMgmt"}, {"VM.Audit"}},
};

int main(int argc, char** argv) { return run(resume, argc, argv); }
