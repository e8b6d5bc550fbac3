// Create virtual machines: from nothing, from an image with cloud-init, or from a template.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/creation.h"
using namespace proxmox;

constexpr Action create{
    .tool = "proxmox_vm.create",
    .name = "vm_create",
    .summary = "create virtual machines that boot from the network first",
    .input = new_machine,
    .new_id = "vm_id",
    .looks = {{.prepare = assume_usual},
              {.path = "/nodes/{proxmox_node}/storage?content=images&enabled=1",
               .when = "lacks_storage",
               .prepare = choose_storage,
               .gives = {"vm_disk_storage"}},
              {.path = "/nodes/{proxmox_node}/qemu/{vm_template_id}/config",
               .when = "vm_template_id",
               .prepare = learn_clone_storage,
               .may_fail = true},
              {.prepare = compose_machine}},
    .act = clone_of_template,
    .then = {changes_of_clone, growth_of_clone, creation},
    .wait = 600s,
    .read = "/nodes/{proxmox_node}/qemu/{vm_id}/config",
    .learn = learn_identity,
    .settings = machine_settings,
    .carries = true,
    .output = {{"vm_id", "={vm_id}"},
               {"vm_name", "{vm_name}"},
               {"vm_status", "", R"("stopped")"},
               {"vm_installed", "={vm_installed}"},
               {"vm_mac", "{vm_mac}", ""},
               {"vm_uuid", "{vm_uuid}", ""}},
    .verb = "create",
    .overdue = "task {upid} still running after {wait}s",
    .example = R"(echo '{"vm_name":"web-01","vm_memory":2048}' | proxmox_vm.create)",
};

int main(int argc, char** argv) { return run(create, argc, argv); }
