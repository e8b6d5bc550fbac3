// Reboot virtual machines through their guests; wait until each has gone down and come up.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool reboot{
    .name = "proxmox_vm.reboot",
    .action = "vm_reboot",
    .summary = "reboot virtual machines",
    .example = "echo 100 | proxmox_vm.reboot",
    .lines = {.keys = one_vm},
    .plain = {.changes = {{.method = Method::post,
                           .path = "{guest}/status/reboot",
                           .tasks = {"reboot"},
                           .proof = has_rebooted}},
              .reading = {.path = state_path}},
    .wait = 60s,
    .prints = {.columns = {{"vm_id", json_of("vm_id")},
                           {"vm_name", "name", ""},
                           {"vm_status", "status"}},
               .carries = true},
    .words = {"POST reboot",
              "task {upid} still running after {wait}s ; fetching current status anyway."},
    .needs = {{"VM.PowerMgmt"}, {"VM.Audit"}},
};

int main(int argc, char** argv) { return run(reboot, argc, argv); }
