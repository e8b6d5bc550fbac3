// Delete a snapshot of each virtual machine: the one named, or the one it descends from.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/snapshots.h"
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool delete_snapshot{
    .name = "proxmox_snapshot_vm.delete_snapshot",
    .action = "snapshot_vm_delete",
    .summary = "delete snapshots of virtual machines",
    .example = "echo 100 | proxmox_snapshot_vm.delete_snapshot",
    .lines = {.keys = {{"vm_snapshot_name", Type::snapshot_name}}, .common = one_vm_to_harm},
    .guard = Guard::on_request,
    .plain = {.looks = {parent_snapshot},
              .changes = {{.method = Method::del,
                           .path = "{guest}/snapshot/{vm_snapshot_name}",
                           .tasks = {"delsnapshot"},
                           .proof = snapshot_is_gone}},
              .reading = {.path = "{guest}/status/current"}},
    .wait = 60s,
    .prints = {.columns = {{"vm_id", text("{vm_id}")},
                           {"vm_name", "name"},
                           {"vm_snapshot_name", text("{vm_snapshot_name}")},
                           {"raw_data", json_of("raw_data")}}},
    .words =
        {"DELETE snapshot",
         "snapshot delete task {upid} did not complete within {wait}s ; emitting result anyway."},
    .needs = {{"VM.Snapshot"}, {"VM.Audit"}},
};

int main(int argc, char** argv) { return run(delete_snapshot, argc, argv); }
