// Pause virtual machines; their memory stays where it is.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool pause_vms{
    .name = "proxmox_vm.pause",
    .action = "vm_pause",
    .summary = "pause virtual machines",
    .example = R"(echo '{"vm_id":100}' | proxmox_vm.pause)",
    .lines = {.keys = one_vm},
    .plain = {.changes = {{.method = Method::post,
                           .path = "{guest}/status/suspend",
                           .tasks = {"pause", "suspend"},
                           .proof = is_paused}},
              .reading = {.path = state_path}},
    .wait = 10s,
    .prints = {.columns = {{"vm_id", text("{vm_id}")},
                           {"vm_name", "name"},
                           {"vm_status", "status"}}},
    .words = {"POST suspend",
              "suspend task {upid} did not complete within {wait}s ; reading status anyway."},
    .needs = {{"VM.PowerMgmt"}, {"VM.Audit"}},
};

int main(int argc, char** argv) { return run(pause_vms, argc, argv); }
