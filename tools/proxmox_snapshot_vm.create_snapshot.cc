// Take a snapshot of each virtual machine, named after the VM and the time unless a name is given.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/action.h"
#include "factory/snapshots.h"
using namespace proxmox;

constexpr Action create_snapshot{
    .tool = "proxmox_snapshot_vm.create_snapshot",
    .name = "snapshot_vm_create",
    .summary = "take snapshots of virtual machines",
    .input = {{"vm_id", Type::vm_id, required},
              {"proxmox_node", Type::node},
              {"vm_snapshot_name", Type::snapshot_name},
              {"vm_snapshot_description"}},
    .looks = {{.path = "/nodes/{proxmox_node}/qemu/{vm_id}/status/current",
               .prepare = name_snapshot,
               .gives = {"vm_snapshot_name", "vm_snapshot_description"}}},
    .act = {.method = Method::post,
            .path = "/nodes/{proxmox_node}/qemu/{vm_id}/snapshot",
            .form = {{"snapname", "{vm_snapshot_name}"},
                     {"description", "{vm_snapshot_description}"}},
            .task_types = {"qmsnapshot"}},
    .wait = 60s,
    .output = {{"vm_id", "{vm_id}"},
               {"vm_name", "{vm_name}"},
               {"vm_snapshot_name", "{vm_snapshot_name}"},
               {"vm_snapshot_description", "{vm_snapshot_description}"},
               {"raw_data", "={raw_data}"}},
    .verb = "POST snapshot",
    .overdue =
        "snapshot create task {upid} did not complete within {wait}s ; emitting result anyway.",
    .example = "echo 100 | proxmox_snapshot_vm.create_snapshot",
};

int main(int argc, char** argv) { return run(create_snapshot, argc, argv); }
