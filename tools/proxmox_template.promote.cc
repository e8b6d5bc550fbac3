// Make templates of prepared virtual machines, with a fingerprint of what went into them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/lookup.h"
#include "factory/machines.h"
using namespace proxmox;

constexpr Action promote{
    .tool = "proxmox_template.promote",
    .name = "template_promote",
    .summary = "make golden templates of prepared virtual machines",
    .input = {{"vm_id", Type::vm_id, required},
              {"proxmox_node", Type::node},
              {"template_recipe", Type::object, required}},
    .guard = Guard::always,
    .looks = {{.prepare = take_fingerprint},
              {.path = "/nodes/{proxmox_node}/qemu/{vm_id}/config", .prepare = compose_promotion}},
    .act = {.method = Method::put,
            .path = "/nodes/{proxmox_node}/qemu/{vm_id}/config",
            .form = {{"tags", "{vm_tags}"}}},
    .then = {{.method = Method::post,
              .path = "/nodes/{proxmox_node}/qemu/{vm_id}/template",
              .task_types = {"qmtemplate"}}},
    .wait = 120s,
    .settings = {{"--recipe", "KEY=VALUE", "what went in; may be repeated", "template_recipe"}},
    .carries = true,
    .output = {{"vm_id", "={vm_id}"},
               {"vm_name", "{vm_name}", ""},
               {"template_fingerprint", "{template_fingerprint}"}},
    .verb = "promote",
    .overdue = "task {upid} still running after {wait}s",
    .example = "echo 100 | proxmox_template.promote --recipe os=alpine-3.20",
};

int main(int argc, char** argv) { return run(promote, argc, argv); }
