// Clone virtual machines: linked where the source is a template, else in full.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: it is another tool under the devkit's name.
#include "factory/creation.h"
#include "factory/upstream_making.h"
using namespace proxmox;

constexpr Input keys[]{{"vm_id", Type::vm_id, required}, {"proxmox_node", Type::node},
                       {"vm_new_id", Type::vm_id},       {"vm_template_id", Type::vm_id},
                       {"vm_name", Type::host_name},     {"vm_description"},
                       {"vm_pool", Type::word},          {"vm_full_clone", Type::flag},
                       {"vm_disk_storage", Type::word}};

constexpr Tool clone_vm{
    .name = "proxmox_vm.clone",
    .action = "vm_clone",
    .summary = "clone virtual machines and templates",
    .example = R"(echo '{"vm_id":9000,"vm_name":"web-01"}' | proxmox_vm.clone)",
    .subject = {.lanes = {"{vm_new_id}"}},
    .lines = {.keys = keys, .settings = clone_settings},
    .own = {.way = clone_machine,
            .acts = true,
            .makes = true,
            .has_one_task = true,
            .new_id = "vm_new_id",
            .requests = clone_requests},
    .wait = 600s,
    .prints = {.columns = {{"vm_id", json_of("vm_new_id")},
                           {"vm_id_clone_from", json_of("vm_id")},
                           {"vm_name", text("{vm_name}")},
                           {"vm_status", text("{vm_status}"), R"("stopped")"},
                           {"vm_as_wanted", json_of("vm_as_wanted"), ""},
                           {"vm_mac", text("{vm_mac}"), ""},
                           {"vm_uuid", text("{vm_uuid}"), ""}},
               .carries = true},
    .words = {"clone", "task {upid} still running after {wait}s"},
    .needs = {{"VM.Clone"}, {"VM.Config.Options"}, {"VM.Audit"}},
};

constexpr Tool clone_by_devkit{
    .name = "proxmox_vm.clone",
    .action = "vm_clone",
    .summary = "clone virtual machines and templates in full",
    .example = R"(echo '{"vm_id":9000,"vm_new_id":4000,"vm_name":"web-01"}' |
    proxmox_vm.clone --as-devkit)",
    .subject = clone_vm.subject,
    .lines = {.keys = {{"vm_id", Type::vm_id, required},
                       {"proxmox_node", Type::node},
                       {"vm_new_id", Type::vm_id, required},
                       {"vm_name", Type::host_name},
                       {"vm_description"}}},
    .own = {.way = clone_as_upstream, .acts = true, .makes = true, .new_id = "vm_new_id"},
    .wait = 600s,
    .prints = {.columns = {{"vm_id", text("{vm_new_id}")},
                           {"vm_id_clone_from", text("{vm_id}")},
                           {"vm_name", text("{vm_name}")},
                           {"vm_description", text("{vm_description}")},
                           {"raw_info", json_of("raw_data")}}},
    .words = clone_vm.words,
    .needs = {{"VM.Clone"}, {"VM.Audit"}},
};

int main(int argc, char** argv) { return run(clone_vm, clone_by_devkit, argc, argv); }
