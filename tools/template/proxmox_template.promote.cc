// Make templates of prepared virtual machines, with a fingerprint of what went into them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/templates.h"
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool promote{
    .name = "proxmox_template.promote",
    .action = "template_promote",
    .summary = "make golden templates of prepared virtual machines",
    .example = "echo 100 | proxmox_template.promote --recipe os=alpine-3.20",
    .lines = {.keys = {{"template_recipe", Type::object, required}},
              .common = one_vm_to_harm,
              .settings = {{"--recipe", "KEY=VALUE", "what went in; may be repeated",
                            "template_recipe"}}},
    .guard = Guard::always,
    .plain = {.looks = {{.prepare = take_fingerprint},
                        {.path = "{guest}/config", .prepare = compose_promotion}},
              .changes = {{.method = Method::put,
                           .path = "{guest}/config",
                           .body = {{{"tags", text("{vm_tags}")}}}},
                          {.method = Method::post,
                           .path = "{guest}/template",
                           .tasks = {"template"},
                           .proof = {"{guest}/config", shows_template}}}},
    .wait = 120s,
    .prints = {.columns = {{"vm_id", json_of("vm_id")},
                           {"vm_name", text("{vm_name}"), ""},
                           {"template_fingerprint", text("{template_fingerprint}")}},
               .carries = true},
    .words = {"promote", "task {upid} still running after {wait}s"},
    .needs = {{"VM.Config.Options"}, {"VM.Allocate"}, {"VM.Audit"}},
};

int main(int argc, char** argv) { return run(promote, argc, argv); }
