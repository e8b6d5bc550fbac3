// Print the configuration of virtual machines as Proxmox keeps it.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool get_config{
    .name = "proxmox_vm.get_config",
    .action = "vm_get_config",
    .summary = "print the configuration of virtual machines",
    .example = "echo 100 | proxmox_vm.get_config | jq .raw_data.data.net0",
    .lines = {.keys = one_vm},
    .plain = {.reading = {.path = "{guest}/config"}},
    .prints = {.columns = {{"vm_id", text("{vm_id}")}, {"raw_data", whole_answer}}},
    .words = {"GET config"},
    .needs = {{"VM.Audit"}},
};

int main(int argc, char** argv) { return run(get_config, argc, argv); }
