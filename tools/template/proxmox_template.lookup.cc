// Find the newest golden template that fits a recipe; without one the line says null.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/templates.h"
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool lookup_template{
    .name = "proxmox_template.lookup",
    .action = "template_lookup",
    .summary = "find the newest golden template that fits a recipe",
    .example = "echo '{\"vm_name\":\"web-01\"}' | proxmox_template.lookup --recipe os=alpine-3.20",
    .subject = {.lanes = {"{template_recipe}"}},
    .lines = {.keys = {{"template_recipe", Type::object, required}, {"proxmox_node", Type::node}},
              .settings = {{"--recipe", "KEY=VALUE", "what went in; may be repeated",
                            "template_recipe"}}},
    .own = {.way = look_up_template,
            .requests = {{Method::get, "/nodes/{proxmox_node}/qemu"}, {Method::get, "/nodes"}}},
    .prints = {.columns = {{"vm_template_id", json_of("vm_template_id"), "null"},
                           {"template_fingerprint", text("{template_fingerprint}")}},
               .carries = true},
    .needs = {{"VM.Audit"}},
};

int main(int argc, char** argv) { return run(lookup_template, argc, argv); }
