// Clone virtual machines: linked where the source is a template, else in full.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/creation.h"
using namespace proxmox;

constexpr Action clone_vm{
    .tool = "proxmox_vm.clone",
    .name = "vm_clone",
    .summary = "clone virtual machines and templates",
    .input = {{"vm_id", Type::vm_id, required},
              {"proxmox_node", Type::node},
              {"vm_new_id", Type::vm_id},
              {"vm_name", Type::host_name},
              {"vm_description"},
              {"vm_pool", Type::word},
              {"vm_full_clone", Type::flag},
              {"vm_disk_storage", Type::word}},
    .new_id = "vm_new_id",
    .looks = {{.path = "/nodes/{proxmox_node}/qemu/{vm_id}/config", .prepare = compose_clone}},
    .act = clone_of_vm,
    .then = {tags_of_clone},
    .wait = 600s,
    .read = "/nodes/{proxmox_node}/qemu/{vm_new_id}/config",
    .learn = learn_identity,
    .settings = clone_settings,
    .carries = true,
    .output = {{"vm_id", "={vm_new_id}"},
               {"vm_id_clone_from", "={vm_id}"},
               {"vm_name", "{vm_name}"},
               {"vm_status", "", R"("stopped")"},
               {"vm_mac", "{vm_mac}", ""},
               {"vm_uuid", "{vm_uuid}", ""}},
    .verb = "clone",
    .overdue = "task {upid} still running after {wait}s",
    .example = R"(echo '{"vm_id":9000,"vm_name":"web-01"}' | proxmox_vm.clone)",
};

int main(int argc, char** argv) { return run(clone_vm, argc, argv); }
