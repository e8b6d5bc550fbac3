// Find the newest golden template that fits a recipe; without one the line says null.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/lookup.h"
#include "factory/machines.h"
using namespace proxmox;

constexpr Action lookup_template{
    .tool = "proxmox_template.lookup",
    .name = "template_lookup",
    .summary = "find the newest golden template that fits a recipe",
    .input = {{"template_recipe", Type::object, required}, {"proxmox_node", Type::node}},
    .looks = {{.prepare = take_fingerprint},
              {.path = "/cluster/resources?type=vm", .prepare = find_template}},
    .settings = {{"--recipe", "KEY=VALUE", "what went in; may be repeated", "template_recipe"}},
    .carries = true,
    .output = {{"vm_template_id", "={vm_template_id}", "null"},
               {"template_fingerprint", "{template_fingerprint}"}},
    .example = "echo '{\"vm_name\":\"web-01\"}' | proxmox_template.lookup --recipe os=alpine-3.20",
};

int main(int argc, char** argv) { return run(lookup_template, argc, argv); }
