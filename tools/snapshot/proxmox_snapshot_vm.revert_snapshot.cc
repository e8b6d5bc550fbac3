// Put virtual machines back to a snapshot: the one named, or the one they descend from.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/snapshots.h"
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool revert_snapshot{
    .name = "proxmox_snapshot_vm.revert_snapshot",
    .action = "snapshot_vm_revert",
    .summary = "put virtual machines back to a snapshot",
    .example = "echo 100 | proxmox_snapshot_vm.revert_snapshot",
    .lines = {.keys = {{"vm_snapshot_name", Type::snapshot_name}}, .common = one_vm_to_harm},
    .guard = Guard::on_request,
    .plain = {.looks = {parent_snapshot},
              .changes = {{.method = Method::post,
                           .path = "{guest}/snapshot/{vm_snapshot_name}/rollback",
                           .tasks = {"rollback"},
                           .proof = has_reverted}},
              .reading = {.path = "{guest}/status/current"}},
    .wait = 120s,
    .prints = {.columns = {{"vm_id", text("{vm_id}")},
                           {"vm_name", "name"},
                           {"vm_status", "status"},
                           {"vm_snapshot_name", text("{vm_snapshot_name}")},
                           {"raw_data", json_of("raw_data")}}},
    .words = {"POST rollback",
              "rollback task {upid} did not complete within {wait}s ; emitting result anyway."},
    .needs = {{"VM.Snapshot"}, {"VM.Audit"}},
};

int main(int argc, char** argv) { return run(revert_snapshot, argc, argv); }
