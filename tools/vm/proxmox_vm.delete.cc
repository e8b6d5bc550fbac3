// Delete stopped virtual machines with their disks.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/snapshots.h"
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool delete_vm{
    .name = "proxmox_vm.delete",
    .action = "vm_delete",
    .summary = "delete stopped virtual machines and their disks",
    .example = "proxmox_vm.list old- | proxmox_vm.delete",
    .lines = {.keys = one_vm_to_harm},
    .guard = Guard::on_request,
    .plain = {.looks = {{.path = "{guest}/status/current", .prepare = remember_name}},
              .changes = {{.method = Method::del,
                           .path = "{guest}",
                           .tasks = {"destroy"},
                           .proof = is_gone}}},
    .wait = 60s,
    .prints = {.columns = {{"vm_id", text("{vm_id}")},
                           {"vm_name", text("{vm_name}")},
                           {"vm_status", "", R"("deleted")"},
                           {"raw_data", json_of("raw_data")}}},
    .words = {"DELETE", "task {upid} did not reach 'stopped' within {wait}s (last: running)."},
    .needs = {{"VM.Allocate"}, {"VM.Audit"}},
};

int main(int argc, char** argv) { return run(delete_vm, argc, argv); }
