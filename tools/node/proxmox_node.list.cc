// List the nodes of the cluster.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool list{
    .name = "proxmox_node.list",
    .action = "node_list",
    .summary = "list the nodes of the cluster",
    .example = "proxmox_node.list | proxmox_vm.list --nodes-from-stdin",
    .subject = a_node,
    .plain = {.reading = {.path = "/nodes"}},
    .prints = {.rows = Rows::every,
               .columns = {{"proxmox_node", "node"},
                           {"node_status", "status"},
                           {"node_uptime", "uptime", "null"}},
               .filter = "proxmox_node",
               .text = "[node_list] {proxmox_node}\t{node_status}"},
    .words = {"GET nodes"},
};

int main(int argc, char** argv) { return run(list, argc, argv); }
