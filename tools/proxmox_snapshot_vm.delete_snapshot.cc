// Delete a snapshot of each virtual machine: the one named, or the one it descends from.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/action.h"
#include "factory/snapshots.h"
using namespace proxmox;

constexpr Action delete_snapshot{
    .tool = "proxmox_snapshot_vm.delete_snapshot",
    .name = "snapshot_vm_delete",
    .summary = "delete snapshots of virtual machines",
    .input = one_snapshot,
    .guard = Guard::on_request,
    .looks = {parent_snapshot},
    .act = {.method = Method::del,
            .path = "/nodes/{proxmox_node}/qemu/{vm_id}/snapshot/{vm_snapshot_name}",
            .task_types = {"qmdelsnapshot"}},
    .wait = 60s,
    .read = "/nodes/{proxmox_node}/qemu/{vm_id}/status/current",
    .output = {{"vm_id", "{vm_id}"},
               {"vm_name", "name"},
               {"vm_snapshot_name", "{vm_snapshot_name}"},
               {"raw_data", "={raw_data}"}},
    .verb = "DELETE snapshot",
    .overdue =
        "snapshot delete task {upid} did not complete within {wait}s ; emitting result anyway.",
    .example = "echo 100 | proxmox_snapshot_vm.delete_snapshot",
};

int main(int argc, char** argv) { return run(delete_snapshot, argc, argv); }
