// The run cut short: what is still waited for, what is told to stop, and what is said of the rest.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <utility>

#include "loop/pipeline.h"

namespace proxmox {

void Pipeline::cut_short() {
    const Moment now = moment();
    if (!cut_short_at_) {
        cut_short_at_ = now.elapsed;
        for (const Waiting& waiting : waiting_)
            end_slot(waiting.slot, not_attempted(waiting.record, "interrupted"), waiting.record);
        waiting_.clear();
        if (signals_.received() != 0) executions_.stop_all(now.elapsed);
        for (const std::uint64_t ticket : transfers_.forget_unsent_changes())
            if (const auto receiver = receivers_.extract(ticket))
                abandon(std::get<JobNumber>(receiver.mapped()));
        if (signals_.received() != 0) wake_to_wind_up();
    }
    // A reader that is gone does not end what was begun; a signal does, once that can be told.
    const bool is_signal = signals_.received() != 0;
    const bool is_patience_over = now.elapsed >= *cut_short_at_ + patience();
    if (is_signal && is_patience_over && is_stalled_) output_.give_up();
    std::vector<JobNumber> told;
    for (const auto& [number, running] : running_) {
        const bool may_wait = running.work->awaits_reply_of_change() && !is_patience_over;
        if (!running.work->has_open_change() || (is_signal && !may_wait)) told.push_back(number);
    }
    for (const JobNumber number : told) tell_cut_short(number);
}

/// Nobody sleeps now who could put things in order.
void Pipeline::wake_to_wind_up() {
    std::vector<std::pair<JobNumber, Step>> steps;
    for (auto& [number, running] : running_) {
        if (!running.wake) continue;
        auto last = running.work->wind_up(moment());
        if (!last) continue;
        running.wake.reset();
        steps.emplace_back(number, std::move(*last));
    }
    for (auto& [number, step] : steps) take(number, std::move(step));
}

/// Where waiting itself fails no answer can come any more: each line is told as it stands.
void Pipeline::give_up() {
    cut_short();
    while (!running_.empty()) tell_cut_short(running_.begin()->first);
    flush();
}

void Pipeline::tell_cut_short(JobNumber number) {
    const Work& work = *running_.at(number).work;
    Ending ending{.exit = work.has_open_change() ? Exit::outcome_unknown : Exit::line_failed};
    ending.reason = work.when_cut_short();
    if (work.record().line_number() > 0) ending.traces.push_back(ending.reason);
    end(number, std::move(ending));
}

milliseconds Pipeline::patience() const {
    return executing_.empty() ? interrupted_patience : interrupted_program_patience;
}

/// The job's change was never sent; there may be earlier ones.
void Pipeline::abandon(JobNumber number) {
    if (auto last = running_.at(number).work->wind_up(moment()))
        return take(number, std::move(*last));
    end(number, not_attempted(running_.at(number).work->record(), "interrupted"));
}

Ending Pipeline::not_attempted(const Record& record, std::string_view why) {
    Ending ending{.exit = hopeless_.empty() ? Exit::line_failed : hopeless_exit_,
                  .reason = fmt::format("not attempted: {}", why)};
    if (record.line_number() > 0)
        ending.traces.push_back(
            fmt::format("not attempted (line {}: {})", record.line_number(), why));
    return ending;
}

}  // namespace proxmox
