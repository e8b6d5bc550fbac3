// List the virtual machines of one or more nodes, sorted by their ids.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action.h"
#include "json.h"
using namespace proxmox;

std::int64_t by_vm_id(const json::Value& vm) { return vm["vmid"].integer().value_or(0); }

constexpr Action list{
    .tool = "proxmox_vm.list",
    .name = "vm_list",
    .summary = "list virtual machines",
    .read = "/nodes/{proxmox_node}/qemu",
    .rows = Rows::every,
    .order = by_vm_id,
    .filter = "vm_name",
    .output = {{"vm_name", "name"}, {"vm_status", "status"}, {"vm_id", "vmid"},
               {"vm_uptime", "uptime"}, {"vm_template", "template", "0"},
               {"vm_tags", "tags", R"("")"}},
    .verb = "GET list",
    .text = "[vm_list] {vm_id}\t{vm_status}\t{vm_name}\t(node={proxmox_node}, source={source})",
    .example = "proxmox_vm.list web | proxmox_vm.start",
};

int main(int argc, char** argv) { return run(list, argc, argv); }
