// The ledger: which line's request led to which task, and what the guests were at which time.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ledger.h"

namespace lost_replies {
namespace {

/// Proxmox ends the last line of a description.
std::string without_last_newline(std::string_view text) {
    return std::string(text.substr(0, text.find_last_not_of('\n') + 1));
}

Condition condition_of(const demo_node::Guest& guest) {
    Condition condition{.state = guest.paused ? "paused" : guest.running ? "running" : "stopped"};
    for (const demo_node::Snapshot& snapshot : guest.snapshots)
        condition.snapshots.emplace(snapshot.name,
                                    without_last_newline(snapshot.config.get("description")));
    return condition;
}

}  // namespace

void Ledger::observe(const demo_node::Stage& stage, Time now) {
    for (const auto& [id, guest] : stage.cluster.guests) {
        auto& known = history_[id];
        Condition condition = condition_of(guest);
        if (known.empty() || known.back().second != condition)
            known.emplace_back(now, std::move(condition));
    }
    for (auto& [id, known] : history_)
        if (!stage.cluster.guests.contains(id) && known.back().second != Condition{})
            known.emplace_back(now, Condition{});
    learn_uuids(stage);
}

/// A guest may be gone again soon after it was made.
void Ledger::learn_uuids(const demo_node::Stage& stage) {
    constexpr std::string_view prefix = "uuid=";
    for (Line& line : lines) {
        if (line.ending || !line.subject->makes()) continue;
        for (Sent& sent : line.sent) {
            const auto made = stage.cluster.guests.find(sent.makes);
            const demo_node::Task* const task = stage.tasks.find(sent.upid);
            const bool is_made = task != nullptr && !task->running && task->exit_status == "OK";
            if (!sent.uuid.empty() || !is_made || made == stage.cluster.guests.end()) continue;
            // A clone of what is only being made itself has none.
            const std::string_view identity = made->second.config.get("smbios1");
            if (identity.starts_with(prefix)) sent.uuid = identity.substr(prefix.size());
        }
    }
}

bool Ledger::was(long vm_id, Time from, Time until,
                 const std::function<bool(const Condition&)>& like_that) const {
    const auto known = history_.find(vm_id);
    if (known == history_.end()) return false;
    Condition last{};
    for (const auto& [at, condition] : known->second) {
        if (at > until) break;
        if (at >= from && (like_that(last) || like_that(condition))) return true;
        last = condition;
    }
    return like_that(last);
}

}  // namespace lost_replies
