// List the snapshots of virtual machines, oldest first and the present state last.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/snapshots.h"
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool list_snapshot{
    .name = "proxmox_snapshot_vm.list_snapshot",
    .action = "snapshot_vm_list",
    .summary = "list the snapshots of virtual machines",
    .example = "echo 100 | proxmox_snapshot_vm.list_snapshot",
    .lines = {.keys = one_vm},
    .plain = {.reading = {.path = "{guest}/snapshot"}},
    .prints =
        {.rows = Rows::every,
         .columns = {{"vm_id", text("{vm_id}")},
                     {"vm_snapshot_name", "name"},
                     {"vm_snapshot_description", "description", R"("")"},
                     {"vm_snapshot_time", "snaptime", "", "0"},
                     {"vm_snapshot_parent", "parent", R"("")"},
                     {"vm_snapshot_sha1", "digest", ""},
                     {"vm_snapshot_is_poweroff", "state", ""}},
         .order = by_snapshot_time,
         .filter = "vm_snapshot_name",
         .text =
             "[snapshot_vm_list] vm_id={vm_id}  snap={vm_snapshot_name}  time={vm_snapshot_time}  "
             "parent={vm_snapshot_parent}  desc={vm_snapshot_description}"},
    .words = {"GET snapshot list"},
    .needs = {{"VM.Audit"}},
};

int main(int argc, char** argv) { return run(list_snapshot, argc, argv); }
