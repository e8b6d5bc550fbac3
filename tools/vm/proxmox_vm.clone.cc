// Clone virtual machines: linked where the source is a template, else in full.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/creation.h"
using namespace proxmox;

constexpr Tool clone_vm{
    .name = "proxmox_vm.clone",
    .action = "vm_clone",
    .summary = "clone virtual machines and templates",
    .example = R"(echo '{"vm_id":9000,"vm_name":"web-01"}' | proxmox_vm.clone)",
    .subject = {.lanes = {"{vm_new_id}"}},
    .lines = {.keys = {{"vm_id", Type::vm_id, required},
                       {"proxmox_node", Type::node},
                       {"vm_new_id", Type::vm_id},
                       {"vm_name", Type::host_name},
                       {"vm_description"},
                       {"vm_pool", Type::word},
                       {"vm_full_clone", Type::flag},
                       {"vm_disk_storage", Type::word}},
              .settings = clone_settings},
    .own = {.way = clone_machine,
            .acts = true,
            .makes = true,
            .new_id = "vm_new_id",
            .requests = clone_requests},
    .wait = 600s,
    .prints = {.columns = {{"vm_id", json_of("vm_new_id")},
                           {"vm_id_clone_from", json_of("vm_id")},
                           {"vm_name", text("{vm_name}")},
                           {"vm_status", "", R"("stopped")"},
                           {"vm_mac", text("{vm_mac}"), ""},
                           {"vm_uuid", text("{vm_uuid}"), ""}},
               .carries = true},
    .words = {"clone", "task {upid} still running after {wait}s"},
    .needs = {{"VM.Clone"}, {"VM.Config.Options"}, {"VM.Audit"}},
};

int main(int argc, char** argv) { return run(clone_vm, argc, argv); }
