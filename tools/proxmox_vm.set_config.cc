// Set keys of virtual machines' configurations.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/creation.h"
using namespace proxmox;

constexpr Action set_config{
    .tool = "proxmox_vm.set_config",
    .name = "vm_set_config",
    .summary = "set keys of virtual machines' configurations",
    .input = {{"vm_id", Type::vm_id, required},
              {"proxmox_node", Type::node},
              {"vm_config", Type::object}},
    .guard = Guard::on_request,
    .looks = {{.prepare = compose_changes}},
    .act = changes_of_clone,
    .wait = 30s,
    .read = "/nodes/{proxmox_node}/qemu/{vm_id}/config",
    .settings = {{"--set", "KEY=VALUE", "in place of the line's vm_config; may be repeated",
                  "vm_config", "", true}},
    .carries = true,
    .output = {{"vm_id", "={vm_id}"}, {"vm_name", "name", ""}, {"vm_config", "={vm_changes}"}},
    .verb = "PUT config",
    .example = R"(echo '{"vm_id":100,"vm_config":{"memory":4096}}' | proxmox_vm.set_config)",
};

int main(int argc, char** argv) { return run(set_config, argc, argv); }
