// List the virtual machines of one or more nodes, sorted by their ids.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/listing.h"
using namespace proxmox;

constexpr Action list{
    .tool = "proxmox_vm.list",
    .name = "vm_list",
    .summary = "list virtual machines",
    .read = vm_list_path,
    .read_once = true,
    .rows = Rows::every,
    .order = by_vm_id,
    .filter = "vm_name",
    .output = vm_list_columns,
    .verb = "GET list",
    .text = vm_list_text,
    .example = "proxmox_vm.list web | proxmox_vm.start",
};

int main(int argc, char** argv) { return run(list, argc, argv); }
