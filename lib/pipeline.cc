// The run. One thread and one place to wait: transfers, input, signals and due times all end the
// same poll. Everything that waits is bounded: lines held, jobs running, requests per node.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: the loop of a run, and what it does in each turn, is read in one piece.
#include "pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "escape.h"
#include "grammar.h"

namespace proxmox {

RunEnd Pipeline::run(LineReader* input) {
    while (true) {
        // Before anything begins, the lines that have ended show whether anyone still takes them.
        flush();
        if (signals_.received() != 0 || output_.is_broken()) cut_short();
        if (input != nullptr) read_lines(*input);
        start_jobs();
        give_turns();
        wake_jobs();
        poll_tasks();
        flush();
        if (is_over(input)) return result_;
        if (progress_ != nullptr) tell_progress();

        std::array<int, 2> descriptors{signals_.descriptor()};
        const bool wants_input = input != nullptr && !input->ended() && !cut_short_at_ &&
                                 slots_.size() < lines_held_limit;
        if (wants_input) descriptors[1] = input->descriptor();
        const auto waited =
            transfers_.wait(time_to_wait(), std::span(descriptors).first(wants_input ? 2 : 1));
        if (!waited) {
            output_.error(waited.error());
            result_.exit = worse(result_.exit, waited.error().exit);
            return result_;
        }
        if (wants_input && transfers_.was_readable(1)) {
            if (const auto filled = input->fill(); !filled) {
                output_.error(filled.error());
                result_.exit = worse(result_.exit, filled.error().exit);
            }
        }
        for (Finished& finished : transfers_.take_finished()) deliver(std::move(finished));
    }
}

void Pipeline::add(Record record) {
    slots_.emplace_back();
    waiting_.push_back({first_slot_ + slots_.size() - 1, std::move(record)});
}

void Pipeline::add_every_node() {
    asks_nodes_ = true;
    receivers_.emplace(transfers_.start({.path = "/nodes"}), ForNodes{});
}

void Pipeline::know(const std::string& path, Answer answer) {
    if (answer.date) server_clock_ = {*answer.date, moment().elapsed};
    shared_[path].answer = std::move(answer);
}

void Pipeline::start_jobs() {
    for (auto next = waiting_.begin(); next != waiting_.end() && !cut_short_at_;) {
        if (!hopeless_.empty()) {
            end_slot(next->slot, not_attempted(next->record, hopeless_), next->record);
            next = waiting_.erase(next);
            continue;
        }
        if (running_.size() >= jobs_limit_) return;
        std::string lane(next->record[lane_key()]);
        if (is_lane_busy(lane)) {
            ++next;
            continue;
        }
        const JobNumber number = ++last_job_;
        if (!plan_.action.new_id.empty()) christen(next->record);
        const auto [job, _] =
            running_.try_emplace(number, next->slot, std::move(lane),
                                 Job(plan_, claimed_, std::move(next->record)), moment().elapsed);
        next = waiting_.erase(next);
        take(number, job->second.job.begin(moment()));
    }
}

/// Lines with the same value here are done one after the other.
std::string_view Pipeline::lane_key() const {
    if (plan_.action.input.empty()) return "proxmox_node";
    if (!plan_.action.new_id.empty()) return plan_.action.new_id;
    return plan_.action.awaits ? "upid" : "vm_id";
}

bool Pipeline::is_lane_busy(const std::string& lane) const {
    // A VM that has no id yet is in nobody's way.
    if (lane.empty()) return false;
    return std::ranges::any_of(running_,
                               [&lane](const auto& entry) { return entry.second.lane == lane; });
}

void Pipeline::wake_jobs() {
    const Moment now = moment();
    std::vector<JobNumber> due;
    for (const auto& [number, running] : running_)
        if (running.wake && *running.wake <= now.elapsed) due.push_back(number);
    for (const JobNumber number : due) {
        Running& running = running_.at(number);
        running.wake.reset();
        take(number, running.job.woken(now));
    }
}

void Pipeline::poll_tasks() {
    const milliseconds now = moment().elapsed;
    for (auto& [node, watch] : watches_) {
        watch.expire(now);
        deliver_ended_tasks(watch);
        if (auto request = watch.poll(now))
            receivers_.emplace(transfers_.start(std::move(*request)), ForWatch{node});
    }
}

void Pipeline::take(JobNumber number, Step step) {
    if (auto* question = std::get_if<Ask>(&step)) return ask(number, std::move(*question));
    if (auto* ending = std::get_if<Ending>(&step)) return end(number, std::move(*ending));
    if (const auto* wanted = std::get_if<ReserveId>(&step)) return reserve(number, *wanted);
    if (auto* awaited = std::get_if<AwaitTurn>(&step)) {
        running_.at(number).turn = std::move(awaited->turn);
        return;
    }
    if (const auto* sleep = std::get_if<Sleep>(&step)) {
        running_.at(number).wake = sleep->until;
        return;
    }
    auto& task = std::get<AwaitTask>(step);
    const std::string node(parse_upid(task.upid)->node);
    watches_.try_emplace(node, node).first->second.add(number, std::move(task), moment().elapsed);
}

void Pipeline::end(JobNumber number, Ending ending) {
    keep(ending.journal, ending);
    if (ending.unused_id && ids_ != nullptr) ids_->release(*ending.unused_id);
    if (begin_undo(number, ending)) return;
    const auto ended = running_.extract(number);
    if (!ending.hopeless.empty()) {
        hopeless_ = ending.hopeless;
        hopeless_exit_ = ending.exit;
    }
    end_slot(ended.mapped().slot, std::move(ending), ended.mapped().job.record());
}

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
    std::vector<JobNumber> told;
    for (const auto& [number, running] : running_) {
        const bool may_wait = running.job.awaits_reply_of_change() && !is_patience_over;
        if (!running.job.has_open_change() || (is_signal && !may_wait)) told.push_back(number);
    }
    for (const JobNumber number : told) {
        const Job& job = running_.at(number).job;
        Ending ending{.exit = job.has_open_change() ? Exit::outcome_unknown : Exit::line_failed};
        ending.reason = job.when_cut_short();
        if (job.record().line_number() > 0) ending.traces.push_back(ending.reason);
        end(number, std::move(ending));
    }
}

/// The job's change was never sent.
void Pipeline::abandon(JobNumber number) {
    end(number, not_attempted(running_.at(number).job.record(), "interrupted"));
}

bool Pipeline::is_over(const LineReader* input) const {
    if (!slots_.empty() || (asks_nodes_ && !cut_short_at_)) return false;
    return input == nullptr || input->exhausted() || cut_short_at_;
}

Moment Pipeline::moment() const {
    Moment now{.elapsed = std::chrono::duration_cast<milliseconds>(
                   std::chrono::steady_clock::now() - began_),
               .wall = std::time(nullptr)};
    if (server_clock_)
        now.server =
            server_clock_->first +
            std::chrono::duration_cast<seconds>(now.elapsed - server_clock_->second).count();
    return now;
}

milliseconds Pipeline::time_to_wait() const {
    const milliseconds now = moment().elapsed;
    milliseconds until = now + longest_wait;
    for (const auto& [number, running] : running_)
        if (running.wake) until = std::min(until, *running.wake);
    for (const auto& [node, watch] : watches_)
        if (const auto due = watch.due()) until = std::min(until, *due);
    if (progress_ != nullptr)
        if (const auto due = progress_->due()) until = std::min(until, *due);
    if (cut_short_at_ && signals_.received() != 0)
        until = std::min(until, *cut_short_at_ + interrupted_patience);
    return std::max(until - now, milliseconds{0});
}

}  // namespace proxmox
