// List the bridges of one or more nodes: what network cards of guests can hang on.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool list{
    .name = "proxmox_network_node.list_bridges",
    .action = "network_list_bridges_node",
    .summary = "list the bridges of nodes, virtual networks among them",
    .example = "proxmox_network_node.list_bridges vmbr0",
    .subject = a_node,
    .plain = {.reading = {.path = "/nodes/{proxmox_node}/network?type=any_bridge", .once = true}},
    .prints = {.rows = Rows::every,
               .columns = {{"iface", "iface"},
                           {"iface_type", "type"},
                           {"iface_active", "active", "0"}},
               .order = {.field = "iface", .by = Order::By::text},
               .filter = "iface",
               .text = "[network_list_bridges_node] {iface}\t{iface_type}"},
    .words = {"GET bridges"},
};

int main(int argc, char** argv) { return run(list, argc, argv); }
