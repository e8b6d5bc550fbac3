// Say of planned machines whether they are new, as wanted, to be changed, or another's.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: a table with a row for each key.
#include "factory/comparison.h"
using namespace proxmox;

constexpr Input keys[]{{"vm_id", Type::vm_id, required},
                       {"proxmox_node", Type::node},
                       {"vm_template_id", Type::vm_id},
                       {"vm_name"},
                       {"vm_uuid", Type::uuid},
                       {"vm_mark", Type::uuid},
                       {"vm_tags"},
                       {"vm_description"},
                       {"vm_cores", Type::number},
                       {"vm_sockets", Type::number},
                       {"vm_memory", Type::number},
                       {"vm_disk_size"},
                       {"vm_disk", Type::word},
                       {"vm_bridge", Type::word},
                       {"vm_cards_wanted", Type::object},
                       {"vm_ci_user"},
                       {"vm_ci_ssh_keys", Type::hidden},
                       {"vm_ci_ip"},
                       {"vm_ci_nameserver"},
                       {"vm_ci_searchdomain"}};

constexpr Tool compare_machines{
    .name = "proxmox_vm.compare",
    .action = "vm_compare",
    .summary = "say whether planned machines are new, as wanted, to be changed, or another's",
    .example = "range42.plan scenarios/demo_lab | proxmox_vm.compare | devkit.table",
    .lines = {.keys = keys},
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
