// Create virtual machines: from nothing, from an image with cloud-init, or from a template.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: it is another tool under the devkit's name.
#include "factory/creation.h"
#include "factory/upstream_making.h"
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

constexpr Input upstream_keys[]{{"vm_id", Type::vm_id, required},
                                {"proxmox_node", Type::node},
                                {"vm_name", Type::host_name, required},
                                {"vm_cpu", Type::text, required},
                                {"vm_cores", Type::number, required},
                                {"vm_sockets", Type::number, required},
                                {"vm_memory", Type::number, required},
                                {"vm_disk_size"},
                                {"vm_iso_file"},
                                {"vm_net_virtio_bridge", Type::word},
                                {"vm_description"}};

constexpr Column upstream_columns[]{
    {"vm_id", text("{vm_id}")},           {"vm_name", text("{vm_name}")},
    {"vm_cpu", text("{vm_cpu}")},         {"vm_cores", text("{vm_cores}")},
    {"vm_sockets", text("{vm_sockets}")}, {"vm_memory", text("{vm_memory}")},
    {"vm_net0", text("{vm_net0}")},       {"vm_scsi0", text("{vm_scsi0}"), ""},
    {"ide2", text("{vm_ide2}"), ""},      {"boot", text("{vm_boot}"), ""},
    {"raw_data", json_of("raw_data")}};

constexpr Tool create_by_devkit{
    .name = "proxmox_vm.create",
    .action = "vm_create",
    .summary = create.summary,
    .example = R"(echo '{"vm_id":100,"vm_name":"web-01","vm_cpu":"host","vm_cores":1,
    "vm_sockets":1,"vm_memory":2048}' | proxmox_vm.create --as-devkit)",
    .lines = {.keys = upstream_keys},
    .own = {.way = create_as_upstream, .acts = true, .makes = true},
    .wait = 600s,
    .prints = {.columns = upstream_columns},
    .words = create.words,
    .needs = {{"VM.Allocate"}, {"VM.Config.Disk"}, {"VM.Audit"}},
};

int main(int argc, char** argv) { return run(create, create_by_devkit, argc, argv); }
