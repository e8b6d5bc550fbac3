// Create virtual machines: from nothing, from an image with cloud-init, or from a template.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/creation.h"
using namespace proxmox;

constexpr Tool create{
    .name = "proxmox_vm.create",
    .action = "vm_create",
    .summary = "create virtual machines that boot from the network first",
    .example = R"(echo '{"vm_name":"web-01","vm_memory":2048}' | proxmox_vm.create)",
    .lines = {.keys = new_machine, .settings = machine_settings},
    .own = {.way = create_machine, .acts = true, .makes = true, .requests = creation_requests},
    .wait = 600s,
    .prints = {.columns = {{"vm_id", json_of("vm_id")},
                           {"vm_name", text("{vm_name}")},
                           {"vm_status", "", R"("stopped")"},
                           {"vm_installed", json_of("vm_installed")},
                           {"vm_mac", text("{vm_mac}"), ""},
                           {"vm_uuid", text("{vm_uuid}"), ""}},
               .carries = true},
    .words = {"create", "task {upid} still running after {wait}s"},
    .needs =
        {{"VM.Clone"}, {"VM.Config.Options"}, {"VM.Config.Disk"}, {"VM.Allocate"}, {"VM.Audit"}},
};

int main(int argc, char** argv) { return run(create, argc, argv); }
