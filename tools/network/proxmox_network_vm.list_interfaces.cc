// List the network cards of virtual machines, each by its number.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/cards.h"
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool list_interfaces{
    .name = "proxmox_network_vm.list_interfaces",
    .action = "network_list_interfaces_vm",
    .summary = "list the network cards of virtual machines",
    .example = "echo 100 | proxmox_network_vm.list_interfaces vmbr0",
    .lines = {.keys = one_vm},
    .plain = {.reading = {.path = "{guest}/config", .rows = rows_of_cards}},
    .prints = {.rows = Rows::every,
               .columns = {{"vm_id", text("{vm_id}")},
                           {"vm_network_bridge", "bridge"},
                           {"vm_network_device", "device"},
                           {"vm_network_firewall", "firewall", ""},
                           {"vm_network_mac", "mac"},
                           {"vm_network_type", "model"},
                           {"vm_vmnet_id", "number"}},
               .order = {"number"},
               .filter = "vm_network_bridge"},
    .words = {"GET network cards"},
    .needs = {{"VM.Audit"}},
};

int main(int argc, char** argv) { return run(list_interfaces, argc, argv); }
