// Pass on the input lines whose virtual machines are meant by the terms.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/action.h"
using namespace proxmox;

constexpr Action select_vms{
    .tool = "proxmox_vm.select",
    .name = "vm_select",
    .summary = "pass on, unchanged, the lines of the VMs that any TERM means and no -TERM does",
    .input = {{"vm_id", Type::vm_id, required}, {"vm_name"}, {"vm_status"}, {"vm_tags"}},
    .rows = Rows::none,
    .operand = "[-]TERM...",
    .terms = {{"100, 100:110, 110:", "an id, a range of ids with both ends in it"},
              {"web-*", "a name; * ? [a-z] as in a shell, in any case"},
              {"@tag-x, @pool-y", "VMs with the tag x, VMs in the pool y; patterns, too"},
              {"@running, @status-x", "VMs in this state"},
              {"-TERM", "not these; what the line does not say is asked of the node"}},
    .example = "proxmox_vm.list | proxmox_vm.select 100:110 'web-*' -web-03 | proxmox_vm.start",
};

int main(int argc, char** argv) { return select_lines(select_vms, argc, argv); }
