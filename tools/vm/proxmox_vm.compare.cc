// Say of planned machines whether they are new, as wanted, to be changed, or another's.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/comparison.h"
#include "factory/configuration.h"
using namespace proxmox;

constexpr Tool compare_machines{
    .name = "proxmox_vm.compare",
    .action = "vm_compare",
    .summary = "say whether planned machines are new, as wanted, to be changed, or another's",
    .example = "range42.plan scenarios/demo_lab | proxmox_vm.compare | devkit.table",
    .lines = {.keys = wanted_of_machine},
    .own = {.way = compare_machine, .requests = {{Method::get, "{guest}/config"}}},
    .prints = {.columns = {{"vm_id", json_of("vm_id")},
                           {"vm_name", text("{vm_name}"), ""},
                           {"plan_state", text("{plan_state}")},
                           {"plan_because", text("{plan_because}"), ""}},
               .carries = true},
    .words = {"compare", ""},
    .needs = {{"VM.Audit"}},
};

int main(int argc, char** argv) { return run(compare_machines, argc, argv); }
