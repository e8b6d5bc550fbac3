// A Walk is a line under way: it tells the loop what the line wants, until it has ended.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "way/walk.h"

#include <fmt/format.h>

#include <utility>

namespace proxmox {
Walk::Walk(const Run& run, ClaimedTasks& claimed, Record record, WayOf way_of)
    : line_(run, claimed, stand_, std::move(record)), way_of_(std::move(way_of)) {}

Step Walk::begin(const Moment& now) {
    stand_.set_clock(now);
    stand_.doing.began_at = now.elapsed;
    stand_.doing.subject = line_.subject();
    way_.emplace(way_of_(line_));
    way_->begin();
    return next();
}

Step Walk::go_on(Told told, const Moment& now) {
    stand_.set_clock(now);
    stand_.go_on(std::move(told));
    return next();
}

Step Walk::next() {
    if (way_->is_over()) return end(way_->take());
    return stand_.take_want();
}

std::optional<Step> Walk::wind_up(const Moment& now) {
    if (!stand_.doing.wind_up) return std::nullopt;
    stand_.set_clock(now);
    auto last = std::exchange(stand_.doing.wind_up, {})();
    way_.emplace(std::move(last));
    way_->begin();
    return next();
}

Ending Walk::end(Reached<Printed> printed) {
    stand_.doing.change_is_open = stand_.doing.reply_is_due = false;
    if (!printed) return ending_of(line_, printed.error());
    std::string reason = line_.exit == Exit::ok || line_.notes.empty() ? "" : line_.notes.back();
    return {.output = std::move(printed->output),
            .rows = std::move(printed->rows),
            .traces = std::move(line_.notes),
            .exit = line_.exit,
            .reason = std::move(reason),
            .has_changed = stand_.doing.has_changed,
            .further = std::move(printed->further)};
}

Ending Walk::cut_short() {
    const Doing& doing = stand_.doing;
    Ending ending{.exit = doing.change_is_open ? Exit::outcome_unknown : Exit::line_failed};
    ending.reason =
        doing.when_cut_short.empty()
            ? fmt::format("{}: interrupted (line {})", line_.subject(), line_.record.line_number())
            : doing.when_cut_short;
    if (line_.record.line_number() > 0 || doing.change_is_open)
        ending.traces.push_back(ending.reason);
    if (!doing.before_rollback) return ending;
    return joined(*doing.before_rollback, ending.traces, false);
}

Ending joined(Ending first, const std::vector<std::string>& traces, bool is_taken_back) {
    for (const std::string& trace : traces) first.traces.push_back("rollback: " + trace);
    first.traces.push_back(is_taken_back ? "rollback: taken back" : "rollback: NOT taken back");
    return first;
}

Ending ending_of(const Line& line, const Failure& failed) {
    Ending ending{.traces = line.notes,
                  .exit = worse(failed.exit, line.exit),
                  .reason = failed.sentence,
                  .advice = failed.advice,
                  .hopeless = failed.hopeless};
    std::string words = failed.sentence;
    if (words.empty()) {
        const auto number = line.record.line_number();
        const std::string because = failed.cause.empty() ? "" : ": " + failed.cause;
        ending.reason = failed.phrase + because;
        words = number > 0 ? fmt::format("{} (line {}{})", failed.phrase, number, because)
                           : ending.reason;
    }
    if (!failed.is_told) ending.traces.push_back(std::move(words));
    return ending;
}

std::string rehearsal_of(const Run& run, Record record, const WayOf& way_of) {
    ClaimedTasks claimed;
    Stand stand;
    Line line(run, claimed, stand, std::move(record));
    line.is_rehearsed = true;
    Way<Printed> way = way_of(line);
    way.begin();
    // A way that wants more than its stages tell would otherwise end without a word.
    if (!way.is_over()) line.rehearsal += "{\"then\":\"what follows depends on an answer\"}\n";
    return std::move(line.rehearsal);
}

}  // namespace proxmox
