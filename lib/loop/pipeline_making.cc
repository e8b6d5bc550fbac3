// The run's making of VMs: ids that nobody else gets, turns, the journal, and taking things back.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "loop/pipeline.h"
#include "base/random_uuid.h"

namespace proxmox {

/// What a new VM is known by before it has a name of its own anywhere.
void Pipeline::christen(Record& record) const {
    record.set("fresh_uuid", random_uuid());
    if (plan_.keeps_journal || plan_.rolls_back) record.set("fresh_mark", "1");
    record.set("required_tag", plan_.required_tag);
}

void Pipeline::reserve(JobNumber number, const ReserveId& wanted) {
    const Result<std::int64_t> id = equipment_ == nullptr
                                        ? fail(Exit::line_failed, "this tool gives no VM ids")
                                        : equipment_->ids.reserve(wanted.range, wanted.taken);
    take(number, running_.at(number).work->reserved(id, moment()));
}

void Pipeline::give_turns() {
    std::vector<JobNumber> next;
    awaits_turn_ = false;
    for (auto& [number, running] : running_) {
        if (running.turn.empty() || running.given_turn) continue;
        running.given_turn =
            equipment_ == nullptr ? Turn(-1) : equipment_->turns.take(running.turn);
        if (running.given_turn)
            next.push_back(number);
        else
            awaits_turn_ = true;
    }
    for (const JobNumber number : next) take(number, running_.at(number).work->woken(moment()));
}

/// The line has failed and left something behind: another job in its place takes that back, and
/// what it has to say comes after the first failure.
bool Pipeline::begin_undo(JobNumber number, Ending& ending) {
    Running& running = running_.at(number);
    if (running.first_end) {
        Ending first = *std::exchange(running.first_end, std::nullopt);
        for (std::string& trace : ending.traces) first.traces.push_back("rollback: " + trace);
        first.traces.push_back(ending.exit == Exit::ok ? "rollback: taken back"
                                                       : "rollback: NOT taken back");
        ending = std::move(first);
        return false;
    }
    if (!ending.undo || equipment_ == nullptr || cut_short_at_) return false;
    Record record = *std::exchange(ending.undo, std::nullopt);
    const std::size_t slot = running.slot;
    std::vector<std::string> lanes = std::move(running.lanes);
    running_.erase(number);
    const JobNumber next = ++last_job_;
    const auto [job, _] = running_.try_emplace(
        next, slot, std::move(lanes),
        std::make_unique<Job>(equipment_->undo, claimed_, std::move(record)), moment().elapsed);
    job->second.first_end = std::move(ending);
    take(next, job->second.work->begin(moment()));
    return true;
}

void Pipeline::keep(const std::string& entry, Ending& ending) {
    if (entry.empty() || equipment_ == nullptr || !equipment_->journal) return;
    if (const auto kept = equipment_->journal->append(entry); !kept) {
        ending.traces.push_back(kept.error().message);
        ending.exit = worse(ending.exit, Exit::line_failed);
    }
}

}  // namespace proxmox
