// Put virtual machines back to a snapshot: the one named, or the one they descend from.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/action.h"
#include "factory/snapshots.h"
using namespace proxmox;

constexpr Action revert_snapshot{
    .tool = "proxmox_snapshot_vm.revert_snapshot",
    .name = "snapshot_vm_revert",
    .summary = "put virtual machines back to a snapshot",
    .input = one_snapshot,
    .guard = Guard::on_request,
    .looks = {parent_snapshot},
    .act = {.method = Method::post,
            .path = "/nodes/{proxmox_node}/qemu/{vm_id}/snapshot/{vm_snapshot_name}/rollback",
            .task_types = {"qmrollback"}},
    .wait = 120s,
    .read = "/nodes/{proxmox_node}/qemu/{vm_id}/status/current",
    .output = {{"vm_id", "{vm_id}"},
               {"vm_name", "name"},
               {"vm_status", "status"},
               {"vm_snapshot_name", "{vm_snapshot_name}"},
               {"raw_data", "={raw_data}"}},
    .verb = "POST rollback",
    .overdue = "rollback task {upid} did not complete within {wait}s ; emitting result anyway.",
    .example = "echo 100 | proxmox_snapshot_vm.revert_snapshot",
};

int main(int argc, char** argv) { return run(revert_snapshot, argc, argv); }
