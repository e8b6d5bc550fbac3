// Show JSON lines as an aligned table.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/action.h"
using namespace proxmox;

constexpr Action table{
    .tool = "devkit.table",
    .name = "table",
    .summary = "show JSON lines as a table, cut to the terminal where there is one",
    .lines = "a JSON object",
    .rows = Rows::none,
    .operand = "COLUMN...",
    .terms = {{"COLUMN", "a key of the lines (default: those of use to a person)"}},
    .example = "proxmox_vm.list | devkit.table vm_id vm_name vm_status",
};

int main(int argc, char** argv) { return tabulate(table, argc, argv); }
