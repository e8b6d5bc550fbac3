// The run's answers: who asked gets each one; what all share is asked once.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <utility>

#include "loop/pipeline.h"

namespace proxmox {

void Pipeline::ask(JobNumber number, Ask question) {
    if (!question.journal.empty() && equipment_ != nullptr && equipment_->journal) {
        // What is not written down is not begun.
        if (const auto kept = equipment_->journal->append(question.journal); !kept) {
            Ending ending{.exit = kept.error().exit};
            ending.traces.push_back(kept.error().message);
            return end(number, std::move(ending));
        }
    }
    if (!question.shared) {
        receivers_.emplace(transfers_.start(std::move(question.request)), number);
        return;
    }
    const std::string path = question.request.path;
    const auto [entry, is_first] = shared_.try_emplace(path);
    Shared& shared = entry->second;
    if (shared.answer)
        return take(number, running_.at(number).work->answered(*shared.answer, moment()));
    shared.waiting.push_back(number);
    if (shared.waiting.size() == 1)
        receivers_.emplace(transfers_.start(std::move(question.request)), ForShared{path});
}

void Pipeline::deliver(Finished finished) {
    const auto found = receivers_.find(finished.ticket);
    if (found == receivers_.end()) return;
    const Receiver receiver = std::move(found->second);
    receivers_.erase(found);
    Answer& answer = finished.answer;
    const Moment now = moment();
    if (answer.date) server_clock_ = {*answer.date, now.elapsed};

    if (const auto* number = std::get_if<JobNumber>(&receiver)) {
        if (const auto running = running_.find(*number); running != running_.end())
            take(*number, running->second.work->answered(answer, now));
    } else if (const auto* watched = std::get_if<ForWatch>(&receiver)) {
        TaskWatch& watch = watches_.at(watched->node);
        watch.answered(answer, now.elapsed);
        deliver_ended_tasks(watch);
    } else if (const auto* shared = std::get_if<ForShared>(&receiver)) {
        deliver_shared(shared->path, answer, now);
    } else if (const auto* asked = std::get_if<ForProgress>(&receiver)) {
        deliver_progress(asked->upid, answer);
    } else {
        deliver_opening(answer);
    }
}

void Pipeline::deliver_shared(const std::string& path, Answer& answer, const Moment& now) {
    Shared& shared = shared_.at(path);
    const std::vector<JobNumber> waiting = std::exchange(shared.waiting, {});
    // Only a good answer is kept: after a failure the next job asks anew.
    const bool is_good = understand_status(answer).verdict == Verdict::good;
    Answer& kept = is_good ? shared.answer.emplace(std::move(answer)) : answer;
    for (const JobNumber waiter : waiting)
        if (const auto running = running_.find(waiter); running != running_.end())
            take(waiter, running->second.work->answered(kept, now));
}

}  // namespace proxmox
