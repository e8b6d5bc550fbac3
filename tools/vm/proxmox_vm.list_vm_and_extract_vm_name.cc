// Print the list line of each virtual machine whose id comes in.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/listing.h"
using namespace proxmox;

constexpr Tool list_vm_and_extract_vm_name{
    .name = "proxmox_vm.list_vm_and_extract_vm_name",
    .action = "vm_list",
    .summary = "print the list line of each VM id",
    .example = "echo 100 | proxmox_vm.list_vm_and_extract_vm_name",
    .lines = {.keys = one_vm},
    .plain = {.reading = {.path = vm_list_path, .once = true}},
    .prints = {.rows = Rows::every,
               .columns = vm_list_columns,
               .match = {"vmid", "vm_id"},
               .text = vm_list_text},
    .words = {"GET list"},
    .needs = {{"VM.Audit"}},
};

int main(int argc, char** argv) { return run(list_vm_and_extract_vm_name, argc, argv); }
