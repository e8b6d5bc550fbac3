// The run. One thread and one place to wait: transfers, input, signals and due times all end the
// same poll. Everything that waits is bounded: lines held, jobs running, requests per node.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: the loop of a run, and what it does in each turn, is read in one piece.
#include "loop/pipeline.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/escape.h"
#include "line/grammar.h"

namespace proxmox {

RunEnd Pipeline::run(LineReader* input) {
    while (true) {
        // Before anything begins, the lines that have ended show whether anyone still takes them.
        flush();
        if (signals_.received() != 0 || output_.is_broken()) cut_short();
        if (input != nullptr) read_lines(*input);
        ask_opening();
        start_jobs();
        give_turns();
        wake_jobs();
        poll_tasks();
        work_on_executions();
        flush();
        if (is_over(input)) return result();
        if (progress_ != nullptr) tell_progress();

        std::array<int, 3> descriptors{signals_.descriptor()};
        std::size_t watched = 1;
        const bool has_room =
            input != nullptr && !cut_short_at_ && slots_.size() < lines_held_limit;
        const bool has_line = has_room && input->has_line();
        const bool wants_input = has_room && !has_line && !input->ended();
        if (wants_input) descriptors[watched++] = input->descriptor();
        if (executions_.descriptor() >= 0) descriptors[watched++] = executions_.descriptor();
        const auto waited = transfers_.wait(has_line ? milliseconds{0} : time_to_wait(),
                                            std::span(descriptors).first(watched),
                                            is_stalled_ ? STDOUT_FILENO : -1);
        if (!waited) {
            output_.error(waited.error());
            result_.exit = worse(result_.exit, waited.error().exit);
            give_up();
            return result();
        }
        if (wants_input && transfers_.was_readable(1)) {
            if (const auto filled = input->fill(); !filled) {
                output_.error(filled.error());
                result_.exit = worse(result_.exit, filled.error().exit);
            }
        }
        for (Finished& finished : transfers_.take_finished()) deliver(std::move(finished));
        expire_tasks();
    }
}

void Pipeline::add(Record record) {
    slots_.emplace_back();
    waiting_.push_back({first_slot_ + slots_.size() - 1, std::move(record)});
}

void Pipeline::know(const std::string& path, Answer answer) {
    if (answer.date) server_clock_ = {*answer.date, moment().elapsed};
    shared_[path].answer = std::move(answer);
}

void Pipeline::start_jobs() {
    has_freed_place_ = false;
    for (auto next = waiting_.begin(); next != waiting_.end() && !cut_short_at_ && !is_stalled_;) {
        if (!hopeless_.empty()) {
            end_slot(next->slot, not_attempted(next->record, hopeless_), next->record);
            next = waiting_.erase(next);
            continue;
        }
        if (running_.size() >= jobs_limit_) return;
        auto lanes = lanes_of(next->record);
        if (std::ranges::any_of(lanes, [this](const auto& lane) { return is_lane_busy(lane); })) {
            ++next;
            continue;
        }
        const JobNumber number = ++last_job_;
        if (!plan_.action.new_id.empty()) christen(next->record);
        std::unique_ptr<Work> work =
            make_work_ ? make_work_(plan_, std::move(next->record))
                       : std::make_unique<Job>(plan_, claimed_, std::move(next->record));
        const auto [running, _] = running_.try_emplace(number, next->slot, std::move(lanes),
                                                       std::move(work), moment().elapsed);
        next = waiting_.erase(next);
        take(number, running->second.work->begin(moment()));
    }
}

/// What must not be worked on twice at a time: a VM, a node, or whatever the first key names; a
/// machine by its id and by its address, since lines may know it by either.
std::vector<std::string> Pipeline::lanes_of(const Record& record) const {
    if (plan_.action.input.empty()) return {std::string(record["proxmox_node"])};
    if (!plan_.action.new_id.empty()) return {std::string(record[plan_.action.new_id])};
    const std::string_view id = record[plan_.action.awaits ? "upid" : "vm_id"];
    const std::string_view first = plan_.action.input.begin()->key;
    if (first == "vm_ip")
        return {std::string(id), fmt::format("{} port {}", record[first], record["vm_ssh_port"])};
    return {std::string(id.empty() ? record[first] : id)};
}

bool Pipeline::is_lane_busy(const std::string& lane) const {
    // A VM that has no id yet is in nobody's way.
    if (lane.empty()) return false;
    return std::ranges::any_of(running_, [&lane](const auto& entry) {
        return std::ranges::find(entry.second.lanes, lane) != entry.second.lanes.end();
    });
}

void Pipeline::wake_jobs() {
    const Moment now = moment();
    std::vector<JobNumber> due;
    for (const auto& [number, running] : running_)
        if (running.wake && *running.wake <= now.elapsed) due.push_back(number);
    for (const JobNumber number : due) {
        Running& running = running_.at(number);
        running.wake.reset();
        take(number, running.work->woken(now));
    }
}

void Pipeline::work_on_executions() {
    const Moment now = moment();
    executions_.work(now.elapsed);
    for (EndedExecution& ended : executions_.take_ended()) {
        const auto found = executing_.extract(ended.ticket);
        if (const auto running = running_.find(found.mapped()); running != running_.end())
            take(running->first, running->second.work->executed(ended.executed, now));
    }
}

void Pipeline::take(JobNumber number, Step step) {
    const bool is_interrupted = cut_short_at_ && signals_.received() != 0;
    if (is_interrupted && !std::holds_alternative<Ending>(step))
        if (auto last = running_.at(number).work->wind_up(moment())) step = std::move(*last);
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
    if (auto* execute = std::get_if<Execute>(&step)) {
        // What was told to stop has stopped: nothing new begins behind it.
        if (is_interrupted) return tell_cut_short(number);
        const std::uint64_t ticket =
            executions_.start(std::move(execute->execution), moment().elapsed);
        executing_.emplace(ticket, number);
        return;
    }
    auto& task = std::get<AwaitTask>(step);
    const std::string node(parse_upid(task.upid)->node);
    watches_.try_emplace(node, node).first->second.add(number, std::move(task), moment().elapsed);
}

void Pipeline::end(JobNumber number, Ending ending) {
    keep(ending.journal, ending);
    if (ending.unused_id && equipment_ != nullptr) equipment_->ids.release(*ending.unused_id);
    if (begin_undo(number, ending)) return;
    const auto ended = running_.extract(number);
    has_freed_place_ = true;
    forget_old_claims();
    if (!ending.hopeless.empty()) {
        hopeless_ = ending.hopeless;
        hopeless_exit_ = ending.exit;
    }
    end_slot(ended.mapped().slot, std::move(ending), ended.mapped().work->record());
}

/// Whoever is told that the API cannot be reached may go another way, and must not do so twice.
RunEnd Pipeline::result() const {
    RunEnd end = result_;
    const bool has_changed = !claimed_.empty() || claims_limit_ > 0;
    if (has_changed && end.exit == Exit::unreachable) end.exit = Exit::line_failed;
    return end;
}

bool Pipeline::is_over(const LineReader* input) const {
    if (!slots_.empty() || (opening_ && !cut_short_at_)) return false;
    return input == nullptr || input->exhausted() || cut_short_at_;
}

Moment Pipeline::moment() const {
    Moment now{.elapsed = time_since_boot() - began_, .wall = std::time(nullptr)};
    if (server_clock_)
        now.server =
            server_clock_->first +
            std::chrono::duration_cast<seconds>(now.elapsed - server_clock_->second).count();
    return now;
}

milliseconds Pipeline::time_to_wait() const {
    if (has_freed_place_ && !waiting_.empty() && !is_stalled_) return milliseconds{0};
    const milliseconds now = moment().elapsed;
    milliseconds until = now + longest_wait;
    for (const auto& [number, running] : running_)
        if (running.wake) until = std::min(until, *running.wake);
    for (const auto& [node, watch] : watches_)
        if (const auto due = watch.due()) until = std::min(until, *due);
    if (awaits_turn_) until = std::min(until, now + turn_pause);
    if (opening_ && opening_->due) until = std::min(until, *opening_->due);
    if (const auto due = executions_.due()) until = std::min(until, *due);
    if (progress_ != nullptr)
        if (const auto due = progress_->due()) until = std::min(until, *due);
    if (cut_short_at_ && signals_.received() != 0)
        until = std::min(until, *cut_short_at_ + patience());
    return std::max(until - now, milliseconds{0});
}

}  // namespace proxmox
