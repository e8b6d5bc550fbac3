// Set the tags of virtual machines; what was set before goes.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool set_tag{
    .name = "proxmox_vm.set_tag",
    .action = "vm_set_tag",
    .summary = "set the tags of virtual machines; what was set before goes",
    .example = R"(echo '{"vm_id":100,"vm_tag_name":"admin,web"}' | proxmox_vm.set_tag)",
    .lines = {.keys = {{"vm_id", Type::vm_id, required},
                       {"proxmox_node", Type::node},
                       {"vm_tag_name", Type::text, required}}},
    .plain = {.changes = {{.method = Method::put,
                           .path = "{guest}/config",
                           .body = {{{"tags", text("{vm_tag_name}")}}}}},
              .outlasts_locks = true},
    .wait = 600s,
    .prints = {.columns = {{"proxmox_node", "", ""}, {"tags", text("{vm_tag_name}")}}},
    .words = {"PUT tags"},
    .needs = {{"VM.Config.Options"}, {"VM.Audit"}},
};

int main(int argc, char** argv) { return run(set_tag, argc, argv); }
