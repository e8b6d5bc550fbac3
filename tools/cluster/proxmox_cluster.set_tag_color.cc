// Set the colours in which the cluster shows tags.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool set_tag_color{
    .name = "proxmox_cluster.set_tag_color",
    .action = "cluster_set_tag",
    .summary = "set the colours of tags; what was set before goes",
    .example = "echo color-map=web:ff0000 | proxmox_cluster.set_tag_color",
    .subject = the_cluster,
    .lines = {.keys = {{"proxmox_cluster_color_mapping", Type::text, required}}},
    .plain = {.changes = {{.method = Method::put,
                           .path = "/cluster/options",
                           .body = {{{"tag-style", text("{proxmox_cluster_color_mapping}")}}}}}},
    .prints = {.columns = {{"color_mapping", text("{proxmox_cluster_color_mapping}")},
                           {"proxmox_node", "", ""}}},
    .words = {"PUT cluster options"},
    .needs = {{"Sys.Modify", "/"}},
};

int main(int argc, char** argv) { return run(set_tag_color, argc, argv); }
