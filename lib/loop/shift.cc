// A Shift is the work on all lines of a run. Everything that waits is bounded: lines held, lines
// under way, requests for each node.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "loop/shift.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "line/expand.h"

namespace proxmox {
namespace {

std::vector<std::string> lanes_of(const Run& run, const Record& record) {
    std::vector<std::string> lanes;
    for (const std::string_view lane : run.subject.lanes)
        lanes.push_back(expand_text(lane, record));
    return lanes;
}

}  // namespace

Shift::Shift(const Run& run, std::size_t jobs, const ShiftPlace& place, WayMaker way_of)
    : run_(run),
      jobs_limit_(jobs),
      place_(place),
      way_of_(std::move(way_of)),
      loop_(run, place.transfers, place.equipment),
      ledger_(run.printing, place.output),
      interruption_(place.signals, place.output) {}

void Shift::add(Record record) {
    auto lanes = lanes_of(run_, record);
    lanes_.add({ledger_.open(), std::move(record), std::move(lanes)});
}

void Shift::open_with(WayMaker opening) {
    const std::size_t slot = ledger_.open();
    opening_ = loop_.begin(Record(), std::move(opening));
    places_[opening_] = {slot};
}

void Shift::know(const std::string& path, Answer answer) {
    loop_.clock().learn(answer.date);
    loop_.questions().know(path, std::move(answer));
}

RunEnd Shift::work(LineReader* input, std::span<const Given> given) {
    Intake intake(input, run_.printing, given);
    while (true) {
        // Before anything begins, the lines that have ended show whether anyone still takes them.
        flush();
        if (interruption_.has_cause()) cut_short(intake);
        take_in(intake);
        begin_lines();
        loop_.work();
        collect();
        flush();
        if (is_over(intake)) return result();
        tell_progress();
        if (const auto waited = wait(intake); !waited) {
            place_.output.error(waited.error());
            ledger_.result().exit = worse(ledger_.result().exit, waited.error().exit);
            give_up(intake);
            return result();
        }
        loop_.deliver();
        collect();
    }
}

void Shift::take_in(Intake& intake) {
    while (ledger_.held() < lines_held_limit) {
        auto taken = intake.next();
        if (!taken) return;
        const std::size_t slot = ledger_.open(taken->text);
        if (taken->refusal) {
            ledger_.end(slot, std::move(*taken->refusal), taken->record);
            continue;
        }
        auto lanes = lanes_of(run_, taken->record);
        lanes_.add({slot, std::move(taken->record), std::move(lanes)});
    }
}

void Shift::begin_lines() {
    has_freed_place_ = false;
    while (!ledger_.is_stalled()) {
        collect();
        const bool has_room = loop_.underway().size() < jobs_limit_;
        std::optional<Waiting> line;
        if (hopeless_)
            line = lanes_.take_first();
        else if (has_room)
            line = lanes_.take_next();
        if (!line) return;
        if (hopeless_) {
            ledger_.end(line->slot, not_attempted(line->record, hopeless_->message), line->record);
            continue;
        }
        if (const Outcome ready = prepare_ ? prepare_(line->record) : Outcome{}; !ready) {
            ledger_.end(line->slot, not_attempted(line->record, ready.error().message),
                        line->record);
            continue;
        }
        lanes_.occupy(line->lanes);
        const Loop::Number number = loop_.begin(std::move(line->record), way_of_);
        places_[number] = {line->slot, std::move(line->lanes)};
    }
}

/// What has ended since goes to its place in the ledger.
void Shift::collect() {
    for (Loop::Ended& ended : loop_.take_ended()) {
        const Place place = std::move(places_.extract(ended.number).mapped());
        lanes_.leave(place.lanes);
        has_freed_place_ = true;
        if (!ended.ending.hopeless.empty())
            hopeless_ = Error{ended.ending.exit, ended.ending.hopeless};
        const bool is_opening = ended.number == opening_;
        std::vector<Record> further = std::exchange(ended.ending.further, {});
        if (is_opening && ended.ending.exit == Exit::ok && ended.ending.traces.empty())
            ledger_.drop(place.slot);
        else
            ledger_.end(place.slot, std::move(ended.ending), ended.record);
        for (Record& record : further) add(std::move(record));
    }
}

void Shift::cut_short(Intake& intake) {
    if (!interruption_.has_come()) {
        intake.close();
        while (auto line = lanes_.take_first())
            ledger_.end(line->slot, not_attempted(line->record, "interrupted"), line->record);
        interruption_.come(loop_);
        collect();
    }
    if (interruption_.is_signal() && interruption_.is_patience_over(loop_) && ledger_.is_stalled())
        place_.output.give_up();
    for (const Loop::Number number : interruption_.given_up(loop_)) loop_.cut_short(number);
    collect();
}

/// Where waiting itself fails no answer can come any more: each line is told as it stands.
void Shift::give_up(Intake& intake) {
    cut_short(intake);
    while (!loop_.underway().empty()) loop_.cut_short(loop_.underway().begin()->first);
    collect();
    flush();
}

void Shift::flush() { ledger_.flush(!loop_.underway().empty()); }

void Shift::tell_progress() {
    if (!onlooker_) return;
    onlooker_->look(loop_, {.done = ledger_.result().lines_done,
                            .failed = ledger_.result().lines_failed,
                            .waiting = lanes_.waiting()});
}

Outcome Shift::wait(Intake& intake) {
    const bool has_room = ledger_.held() < lines_held_limit;
    const bool may_begin = has_freed_place_ && lanes_.waiting() > 0 && !ledger_.is_stalled();
    const bool is_at_work = may_begin || (has_room && intake.has_line());
    milliseconds until = is_at_work ? milliseconds{0} : milliseconds::max();
    if (const auto due = interruption_.due(loop_)) until = std::min(until, *due);
    if (onlooker_)
        if (const auto due = onlooker_->due()) until = std::min(until, *due);
    std::array<int, 2> descriptors{interruption_.descriptor()};
    const bool wants_input = has_room && !intake.has_line() && intake.descriptor() >= 0;
    if (wants_input) descriptors[1] = intake.descriptor();
    const auto waited = loop_.wait(until, std::span(descriptors).first(wants_input ? 2 : 1),
                                   ledger_.is_stalled() ? STDOUT_FILENO : -1);
    if (!waited || !wants_input || !place_.transfers.was_readable(1)) return waited;
    if (const auto filled = intake.fill(); !filled) {
        place_.output.error(filled.error());
        ledger_.result().exit = worse(ledger_.result().exit, filled.error().exit);
    }
    return {};
}

Ending Shift::not_attempted(const Record& record, std::string_view why) const {
    Ending ending{.exit = hopeless_ ? hopeless_->exit : Exit::line_failed,
                  .reason = fmt::format("not attempted: {}", why)};
    if (record.line_number() > 0)
        ending.traces.push_back(
            fmt::format("not attempted (line {}: {})", record.line_number(), why));
    return ending;
}

bool Shift::is_over(const Intake& intake) const {
    return ledger_.held() == 0 && (intake.is_at_end() || interruption_.has_come());
}

/// Whoever is told that the API cannot be reached may go another way, and must not do so twice.
RunEnd Shift::result() {
    RunEnd end = ledger_.result();
    if (loop_.has_changed() && end.exit == Exit::unreachable) end.exit = Exit::line_failed;
    return end;
}

}  // namespace proxmox
