// Print the list line of each virtual machine whose id comes in.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/listing.h"
using namespace proxmox;

constexpr Action list_vm_and_extract_vm_name{
    .tool = "proxmox_vm.list_vm_and_extract_vm_name",
    .name = "vm_list",
    .summary = "print the list line of each VM id",
    .input = one_vm,
    .read = vm_list_path,
    .read_once = true,
    .rows = Rows::every,
    .match = {"vmid", "vm_id"},
    .output = vm_list_columns,
    .verb = "GET list",
    .text = vm_list_text,
    .example = "echo 100 | proxmox_vm.list_vm_and_extract_vm_name",
};

int main(int argc, char** argv) { return run(list_vm_and_extract_vm_name, argc, argv); }
