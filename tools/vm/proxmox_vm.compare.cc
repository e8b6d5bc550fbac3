// Say of planned machines whether they are new, as wanted, to be changed, or another's; change none.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/configuration.h"
#include "factory/mark.h"
#include "stage/look.h"
#include "tool/ways.h"
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
                       {"vm_ci_ssh_keys", Type::secret},
                       {"vm_ci_ip"},
                       {"vm_ci_nameserver"},
                       {"vm_ci_searchdomain"}};

/// "new", "as wanted", "to change" or "refused"; for the last two, what differs or why.
void decide(Record& record, std::string_view state, std::string_view because = {}) {
    record.set("plan_state", state);
    record.set("plan_because", because);
}

Way<Printed> compare_there(Line& line) {
    const Finding config = co_await see(line, "{guest}/config");
    const Moment now = line.stand.now();
    // A clone is known again by the mark that we gave it.
    const bool is_ours = !line.record.has("vm_template_id") ||
                         !marks_in(config.data()["description"].text()).empty();
    const auto composed = compose_configuration(config.data(), line.record, now);
    const bool differs = line.record.has("vm_changes") || line.record.has("vm_growth");
    if (!composed)
        decide(line.record, "refused", composed.error().message);
    else if (!is_ours)
        decide(line.record, "refused", "its notes have no mark of ours");
    else
        decide(line.record, differs ? "to change" : "as wanted",
               differs ? line.record["shown_changes"] : "");
    co_return print(line);
}

Way<Printed> compare(Line& line) {
    Reached<Printed> found = co_await where_it_is(line, compare_there).tried();
    const bool is_new = !found && found.error().kind == Failure::Kind::guest_is_elsewhere;
    if (!is_new) co_return found;
    decide(line.record, "new");
    co_return print(line);
}

constexpr Tool compare_machines{
    .name = "proxmox_vm.compare",
    .action = "vm_compare",
    .summary = "say whether planned machines are new, as wanted, to be changed, or another's",
    .example = "range42.plan scenarios/demo_lab | proxmox_vm.compare | devkit.table",
    .lines = {.keys = keys},
    .own = {.way = compare, .requests = {{Method::get, "{guest}/config"}}},
    .prints = {.columns = {{"vm_id", json_of("vm_id")},
                           {"vm_name", text("{vm_name}"), ""},
                           {"plan_state", text("{plan_state}")},
                           {"plan_because", text("{plan_because}"), ""}},
               .carries = true},
    .words = {"compare", ""},
    .needs = {{"VM.Audit"}},
};

int main(int argc, char** argv) { return run(compare_machines, argc, argv); }
