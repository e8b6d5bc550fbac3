// Take a snapshot of each virtual machine, named after the VM and the time unless a name is given.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/snapshots.h"
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool create_snapshot{
    .name = "proxmox_snapshot_vm.create_snapshot",
    .action = "snapshot_vm_create",
    .summary = "take snapshots of virtual machines",
    .example = "echo 100 | proxmox_snapshot_vm.create_snapshot",
    .lines = {.keys = {{"vm_id", Type::vm_id, required},
                       {"proxmox_node", Type::node},
                       {"vm_snapshot_name", Type::snapshot_name},
                       {"vm_snapshot_description"}}},
    .own = {.way = take_snapshot,
            .acts = true,
            .has_one_task = true,
            .requests = {{Method::get, "{guest}/status/current"},
                         {Method::post, "{guest}/snapshot"}}},
    .wait = 60s,
    .prints = {.columns = {{"vm_id", text("{vm_id}")},
                           {"vm_name", text("{vm_name}")},
                           {"vm_snapshot_name", text("{vm_snapshot_name}")},
                           {"vm_snapshot_description", text("{vm_snapshot_description}")},
                           {"raw_data", json_of("raw_data")}}},
    .words =
        {"POST snapshot",
         "snapshot create task {upid} did not complete within {wait}s ; emitting result anyway."},
    .needs = {{"VM.Snapshot"}, {"VM.Audit"}},
};

int main(int argc, char** argv) { return run(create_snapshot, argc, argv); }
