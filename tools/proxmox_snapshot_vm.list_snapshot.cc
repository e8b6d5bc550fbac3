// List the snapshots of virtual machines, oldest first and the present state last.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/action.h"
#include "factory/snapshots.h"
using namespace proxmox;

constexpr Action list_snapshot{
    .tool = "proxmox_snapshot_vm.list_snapshot",
    .name = "snapshot_vm_list",
    .summary = "list the snapshots of virtual machines",
    .input = one_vm,
    .read = "/nodes/{proxmox_node}/qemu/{vm_id}/snapshot",
    .rows = Rows::every,
    .order = by_snapshot_time,
    .filter = "vm_snapshot_name",
    .output = {{"vm_id", "{vm_id}"},
               {"vm_snapshot_name", "name"},
               {"vm_snapshot_description", "description", R"("")"},
               {"vm_snapshot_time", "snaptime", "", "0"},
               {"vm_snapshot_parent", "parent", R"("")"},
               {"vm_snapshot_sha1", "digest", ""},
               {"vm_snapshot_is_poweroff", "state", ""}},
    .verb = "GET snapshot list",
    .text =
        "[snapshot_vm_list] vm_id={vm_id}  snap={vm_snapshot_name}  time={vm_snapshot_time}  "
        "parent={vm_snapshot_parent}  desc={vm_snapshot_description}",
    .example = "echo 100 | proxmox_snapshot_vm.list_snapshot",
};

int main(int argc, char** argv) { return run(list_snapshot, argc, argv); }
