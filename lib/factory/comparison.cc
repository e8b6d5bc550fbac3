// Comparing machines: what a plan says beside what there is, before anything is made or changed.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/comparison.h"

#include "factory/configuration.h"
#include "factory/foreign_trait.h"
#include "stage/look.h"
#include "stage/plain.h"
#include "stage/read.h"

namespace proxmox {
namespace {

/// What is known of a machine before anything is done with it.
struct Comparison {
    std::string_view state;
    std::string because{};
};

/// A machine that the plan clones is known again by the mark in its notes.
Result<Comparison> comparison_of(const json::Value& config, Record& record, const Moment& now) {
    // Whose it is shows when it is made: a clone has no name before.
    if (const std::string_view lock = config["lock"].text(); lock == "clone" || lock == "create")
        return Comparison{"new", "it is being made"};
    const auto composed = compose_configuration(config, record, now);
    if (!composed) return Comparison{"refused", composed.error().message};
    const std::string_view source = record["vm_template_id"];
    std::string foreign = source.empty() ? "" : foreign_clone(config, record["vm_name"], source);
    if (!foreign.empty()) return Comparison{"refused", std::move(foreign)};
    std::string differing(record["shown_changes"]);
    if (record.has("vm_growth")) differing += " and the size of its disk";
    if (record.has("vm_changes") || record.has("vm_growth"))
        return Comparison{"to change", std::move(differing)};
    return Comparison{"as wanted"};
}

Printed tell(Line& line, const Comparison& comparison) {
    line.record.set("plan_state", comparison.state);
    line.record.set("plan_because", comparison.because);
    return print(line);
}

Way<Printed> compare_there(Line& line) {
    const Finding config = co_await see(line, "{guest}/config");
    const Moment now = line.stand.now();
    const Comparison comparison = co_await comparison_of(config.data(), line.record, now);
    co_return tell(line, comparison);
}

}  // namespace

Way<Printed> compare_machine(Line& line) {
    Reached<Printed> found = co_await where_it_is(line, compare_there).tried();
    const bool is_new = !found && found.error().kind == Failure::Kind::guest_is_elsewhere;
    if (is_new) co_return tell(line, {"new"});
    co_return co_await std::move(found);
}

}  // namespace proxmox
