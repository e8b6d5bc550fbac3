// Show JSON lines as an aligned table.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool table{
    .name = "devkit.table",
    .action = "table",
    .summary = "show JSON lines as a table, cut to the terminal where there is one",
    .example = "proxmox_vm.list | devkit.table vm_id vm_name vm_status",
    .lines = {.described = "a JSON object"},
    .prints = {.rows = Rows::none},
    .operands = {"COLUMN...",
                 {{"COLUMN", "a key of the lines (default: those of use to a person)"}}},
};

int main(int argc, char** argv) { return tabulate(table, argc, argv); }
