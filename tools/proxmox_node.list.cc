// List the nodes of the cluster.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/action.h"
using namespace proxmox;

constexpr Action list{
    .tool = "proxmox_node.list",
    .name = "node_list",
    .summary = "list the nodes of the cluster",
    .read = "/nodes",
    .rows = Rows::every,
    .filter = "proxmox_node",
    .output = {{"proxmox_node", "node"},
               {"node_status", "status"},
               {"node_uptime", "uptime", "null"}},
    .verb = "GET nodes",
    .text = "[node_list] {proxmox_node}\t{node_status}",
    .example = "proxmox_node.list | proxmox_vm.list --nodes-from-stdin",
};

int main(int argc, char** argv) { return run(list, argc, argv); }
