// The loop: ways that wait, and whatever wakes them. One thread and one place to wait: transfers,
// programs, signals, input and due times all end the same poll.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "loop/loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "line/expand.h"
#include "line/grammar.h"

namespace proxmox {
namespace {

constexpr int log_page_lines = 500;

template <typename... Cases>
struct Either : Cases... {
    using Cases::operator()...;
};

}  // namespace

Loop::Number Loop::begin(Record record, WayOf way_of) {
    const Number number = ++last_number_;
    const auto [entry, _] = underway_.try_emplace(
        number,
        std::make_unique<Walk>(run_, tasks_.claimed(), std::move(record), std::move(way_of)));
    take(number, entry->second.walk->begin(clock_.now()));
    return number;
}

std::vector<Loop::Ended> Loop::take_ended() { return std::exchange(ended_, {}); }

void Loop::tell(Number number, Told told) {
    if (const auto found = underway_.find(number); found != underway_.end())
        take(number, found->second.walk->go_on(std::move(told), clock_.now()));
}

void Loop::take(Number number, Step step) {
    Underway& line = underway_.at(number);
    if (is_interrupted_ && std::holds_alternative<Want>(step))
        if (auto last = line.walk->wind_up(clock_.now())) step = std::move(*last);
    if (auto* ending = std::get_if<Ending>(&step)) return end(number, std::move(*ending));
    const auto no_equipment = [] { return fail(Exit::line_failed, "this tool makes no guests"); };
    std::visit(
        Either{[&](Ask& question) { ask(number, std::move(question)); },
               [&](AwaitTask& task) { tasks_.add(number, std::move(task), clock_.now().elapsed); },
               [&](const Sleep& sleep) { line.wake = sleep.until; },
               [&](const ReserveId& wanted) {
                   tell(number, equipment_ == nullptr
                                    ? Result<std::int64_t>(no_equipment())
                                    : equipment_->ids.reserve(wanted.range, wanted.taken));
               },
               [&](const ReleaseId& given_back) {
                   if (equipment_ != nullptr) equipment_->ids.release(given_back.id);
                   tell(number, {});
               },
               [&](AwaitTurn& wanted) { line.turn = std::move(wanted.turn); },
               [&](const WriteDown& wanted) {
                   tell(number, equipment_ == nullptr ? Outcome(no_equipment())
                                                      : equipment_->write_down(wanted.entry));
               },
               [&](Execute& program) {
                   // What was told to stop has stopped: nothing new begins behind it.
                   if (is_interrupted_) return cut_short(number);
                   executing_.emplace(
                       executions_.start(std::move(program.execution), clock_.now().elapsed),
                       number);
               }},
        std::get<Want>(step));
}

void Loop::ask(Number number, Ask question) {
    if (!question.shared) return send(std::move(question.request), number);
    const std::string path = question.request.path;
    const Questions::Taken taken = questions_.take(path, number);
    if (taken.answer != nullptr) return tell(number, taken.answer);
    if (taken.is_first) send(std::move(question.request), ForAll{path});
}

void Loop::send(Request request, Receiver receiver) {
    receivers_.emplace(transfers_.start(std::move(request)), std::move(receiver));
}

void Loop::end(Number number, Ending ending) {
    const auto ended = underway_.extract(number);
    has_changed_ = has_changed_ || ended.mapped().walk->doing().has_changed;
    ended_.push_back({number, ended.mapped().walk->record(), std::move(ending)});
    if (tasks_.has_room()) return;
    const Moment now = clock_.now();
    milliseconds oldest{};
    for (const auto& [_, line] : underway_)
        oldest = std::max(oldest, now.elapsed - line.walk->doing().began_at);
    tasks_.forget_old(now, oldest);
}

void Loop::work() {
    give_turns();
    const milliseconds now = clock_.now().elapsed;
    std::vector<Number> woken;
    for (auto& [number, line] : underway_)
        if (line.wake && *line.wake <= now) woken.push_back(number);
    for (const Number number : woken) {
        underway_.at(number).wake.reset();
        tell(number, {});
    }
    for (Tasks::Poll& poll : tasks_.polls(clock_.now().elapsed))
        send(std::move(poll.request), ForTasks{poll.node});
    executions_.work(clock_.now().elapsed);
    for (EndedExecution& ended : executions_.take_ended())
        if (const auto found = executing_.extract(ended.ticket))
            tell(found.mapped(), &ended.executed);
}

void Loop::give_turns() {
    std::vector<std::pair<Number, HeldTurn>> given;
    awaits_turn_ = false;
    for (auto& [number, line] : underway_) {
        if (line.turn.empty()) continue;
        auto turn = equipment_ == nullptr ? Turn(-1) : equipment_->turns.take(line.turn);
        awaits_turn_ = awaits_turn_ || !turn;
        if (!turn) continue;
        line.turn.clear();
        given.emplace_back(number, std::make_shared<Turn>(std::move(*turn)));
    }
    for (auto& [number, turn] : given) tell(number, std::move(turn));
}

std::optional<milliseconds> Loop::due() const {
    std::optional<milliseconds> first;
    const auto take = [&first](std::optional<milliseconds> time) {
        if (time && (!first || *time < *first)) first = time;
    };
    for (const auto& [_, line] : underway_) take(line.wake);
    take(tasks_.due());
    take(executions_.due());
    if (awaits_turn_) take(clock_.now().elapsed + turn_pause);
    return first;
}

Outcome Loop::wait(milliseconds until, std::span<const int> descriptors, int writable) {
    const milliseconds now = clock_.now().elapsed;
    until = std::min({until, now + longest_wait, due().value_or(now + longest_wait)});
    std::vector<int> all(descriptors.begin(), descriptors.end());
    if (executions_.descriptor() >= 0) all.push_back(executions_.descriptor());
    return transfers_.wait(std::max(until - now, milliseconds{0}), all, writable);
}

void Loop::deliver() {
    for (Finished& finished : transfers_.take_finished()) hand_out(std::move(finished));
    tasks_.expire(clock_.now().elapsed);
    for (EndedTask& ended : tasks_.take_ended()) tell(ended.job, std::move(ended.end));
}

void Loop::hand_out(Finished finished) {
    const auto found = receivers_.extract(finished.ticket);
    if (!found) return;
    const std::optional<std::time_t> date = finished.answer.date;
    std::visit(
        Either{[&](Number number) { tell(number, &finished.answer); },
               [&](const ForAll& all) {
                   const auto delivery = questions_.answered(all.path, finished.answer);
                   for (const Number number : delivery.waiting) tell(number, delivery.answer);
               },
               [&](const ForTasks& tasks) {
                   tasks_.answered(tasks.node, finished.answer, clock_.now().elapsed);
                   for (EndedTask& ended : tasks_.take_ended())
                       tell(ended.job, std::move(ended.end));
               },
               [&](const ForLog& log) { log_.emplace(log.upid, std::move(finished.answer)); }},
        found.mapped());
    clock_.learn(date);
}

void Loop::ask_for_log(const std::string& upid, std::int64_t from) {
    send({.path = fmt::format("/nodes/{}/tasks/{}/log?start={}&limit={}", parse_upid(upid)->node,
                              percent_encode(upid), from, log_page_lines)},
         ForLog{upid});
}

void Loop::close() {
    for (const auto& [_, line] : underway_) line.walk->interrupt();
}

void Loop::interrupt() {
    is_interrupted_ = true;
    executions_.stop_all(clock_.now().elapsed);
    // First, since what puts things in order is a change as well.
    abandon_unsent();
    // Nobody sleeps now who could put things in order.
    std::vector<std::pair<Number, Step>> steps;
    for (auto& [number, line] : underway_) {
        if (!line.wake) continue;
        auto last = line.walk->wind_up(clock_.now());
        if (!last) continue;
        line.wake.reset();
        steps.emplace_back(number, std::move(*last));
    }
    for (auto& [number, step] : steps) take(number, std::move(step));
}

void Loop::abandon_unsent() {
    for (const std::uint64_t ticket : transfers_.forget_unsent_changes()) {
        const auto receiver = receivers_.extract(ticket);
        if (!receiver) continue;
        const Number number = std::get<Number>(receiver.mapped());
        Underway& line = underway_.at(number);
        // Its change was never sent; there may be earlier ones.
        if (auto last = line.walk->wind_up(clock_.now())) {
            take(number, std::move(*last));
        } else {
            Ending ending{.exit = Exit::line_failed, .reason = "not attempted: interrupted"};
            if (const auto at = line.walk->record().line_number(); at > 0)
                ending.traces.push_back(fmt::format("not attempted (line {}: interrupted)", at));
            end(number, std::move(ending));
        }
    }
}

void Loop::cut_short(Number number) { end(number, underway_.at(number).walk->cut_short()); }

}  // namespace proxmox
