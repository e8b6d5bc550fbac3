// The run's early end: what is told of lines that a signal or a lost reader cuts short.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline.h"

namespace proxmox {

void Pipeline::cut_short() {
    const Moment now = moment();
    if (!cut_short_at_) {
        cut_short_at_ = now.elapsed;
        for (const Waiting& waiting : waiting_)
            end_slot(waiting.slot, not_attempted(waiting.record, "interrupted"), waiting.record);
        waiting_.clear();
        for (const std::uint64_t ticket : transfers_.forget_unsent_changes())
            if (const auto receiver = receivers_.extract(ticket))
                abandon(std::get<JobNumber>(receiver.mapped()));
    }
    // A reader that is gone does not end what was begun; a signal does, once that can be told.
    const bool is_signal = signals_.received() != 0;
    const bool is_patience_over = now.elapsed >= *cut_short_at_ + interrupted_patience;
    if (is_signal && is_patience_over && is_stalled_) output_.give_up();
    std::vector<JobNumber> told;
    for (const auto& [number, running] : running_) {
        const bool may_wait = running.job.awaits_reply_of_change() && !is_patience_over;
        if (!running.job.has_open_change() || (is_signal && !may_wait)) told.push_back(number);
    }
    for (const JobNumber number : told) tell_cut_short(number);
}

/// Where waiting itself fails no answer can come any more: each line is told as it stands.
void Pipeline::give_up() {
    cut_short();
    while (!running_.empty()) tell_cut_short(running_.begin()->first);
    flush();
}

void Pipeline::tell_cut_short(JobNumber number) {
    const Job& job = running_.at(number).job;
    Ending ending{.exit = job.has_open_change() ? Exit::outcome_unknown : Exit::line_failed};
    ending.reason = job.when_cut_short();
    if (job.record().line_number() > 0) ending.traces.push_back(ending.reason);
    end(number, std::move(ending));
}

/// The job's change was never sent.
void Pipeline::abandon(JobNumber number) {
    end(number, not_attempted(running_.at(number).job.record(), "interrupted"));
}

}  // namespace proxmox
