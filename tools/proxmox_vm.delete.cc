// Delete stopped virtual machines with their disks.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/action.h"
#include "factory/snapshots.h"
using namespace proxmox;

constexpr Action delete_vm{
    .tool = "proxmox_vm.delete",
    .name = "vm_delete",
    .summary = "delete stopped virtual machines and their disks",
    .input = one_vm,
    .guard = Guard::on_request,
    .looks = {{.path = "/nodes/{proxmox_node}/qemu/{vm_id}/status/current",
               .prepare = remember_name}},
    .act = {.method = Method::del,
            .path = "/nodes/{proxmox_node}/qemu/{vm_id}",
            .task_types = {"qmdestroy"}},
    .wait = 60s,
    .output = {{"vm_id", "{vm_id}"},
               {"vm_name", "{vm_name}"},
               {"vm_status", "", R"("deleted")"},
               {"raw_data", "={raw_data}"}},
    .verb = "DELETE",
    .overdue = "task {upid} did not reach 'stopped' within {wait}s (last: running).",
    .example = "proxmox_vm.list old- | proxmox_vm.delete",
};

int main(int argc, char** argv) { return run(delete_vm, argc, argv); }
