// Pass on the input lines whose virtual machines are meant by the terms.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool select_vms{
    .name = "proxmox_vm.select",
    .action = "vm_select",
    .summary = "pass on, unchanged, the lines of the VMs that any TERM means and no -TERM does",
    .example = "proxmox_vm.list | proxmox_vm.select 100:110 'web-*' -web-03 | proxmox_vm.start",
    .lines = {.keys = {{"vm_id", Type::vm_id, required}, {"vm_name"}, {"vm_status"}, {"vm_tags"}}},
    .prints = {.rows = Rows::none},
    .operands = {"[-]TERM...",
                 {{"100, 100:110, 110:", "an id, a range of ids with both ends in it"},
                  {"web-*", "a name; * ? [a-z] as in a shell, in any case"},
                  {"@tag-x, @pool-y", "VMs with the tag x, VMs in the pool y; patterns, too"},
                  {"@running, @status-x", "VMs in this state"},
                  {"-TERM", "not these; what the line does not say is asked of the node"}}},
};

int main(int argc, char** argv) { return select_lines(select_vms, argc, argv); }
