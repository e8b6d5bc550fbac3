// List the containers of one or more nodes, sorted by their ids.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool list{
    .name = "proxmox_lxc.list",
    .action = "lxc_list",
    .summary = "list containers",
    .example = "proxmox_lxc.list web | proxmox_lxc.start",
    .subject = containers_of_a_node,
    .plain = {.reading = {.path = "/nodes/{proxmox_node}/lxc", .once = true}},
    .prints = {.rows = Rows::every,
               .columns = {{"lxc_name", "name"},
                           {"lxc_status", "status"},
                           {"lxc_uptime", "uptime"},
                           {"vm_id", "vmid"}},
               .order = {"vmid"},
               .filter = "lxc_name",
               .text = "[lxc_list] {vm_id}\t{lxc_status}\t{lxc_name}"},
    .words = {"GET list"},
    .needs = {{"VM.Audit"}},
};

int main(int argc, char** argv) { return run(list, argc, argv); }
