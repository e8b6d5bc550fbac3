// List the virtual machines of one or more nodes, sorted by their ids.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/listing.h"
using namespace proxmox;

constexpr Tool list{
    .name = "proxmox_vm.list",
    .action = "vm_list",
    .summary = "list virtual machines",
    .example = "proxmox_vm.list web | proxmox_vm.start",
    .subject = vms_of_a_node,
    .plain = {.reading = {.path = vm_list_path, .once = true}},
    .prints = {.rows = Rows::every,
               .columns = vm_list_columns,
               .order = by_vm_id,
               .filter = "vm_name",
               .text = vm_list_text},
    .words = {"GET list"},
    .needs = {{"VM.Audit"}},
};

int main(int argc, char** argv) { return run(list, argc, argv); }
