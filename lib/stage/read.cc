// A line's result: what is read once all is done, and how it is printed.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/read.h"

#include <fmt/format.h>

#include "api/privileges.h"
#include "api/retry.h"
#include "base/escape.h"
#include "line/grammar.h"
#include "print/row_lines.h"
#include "print/rows.h"
#include "stage/rehearsal.h"
#include "stage/task.h"

namespace proxmox {
namespace {

void time_stage(Line& line) {
    if (line.run.printing.carries(line.record))
        line.record.carried().add_timing(line.run.printing.action,
                                         line.stand.elapsed() - line.stand.doing.began_at,
                                         line.stand.now().date);
}

/// Whether what was read after a change shows its effect; a state that says nothing of it does.
Shown shown_by(const Line& line, const Finding& finding, const Reading& reading,
               const Acted& acted) {
    const bool tells = acted.change != nullptr && acted.change->proof.shows != nullptr &&
                       acted.change->proof.path == reading.path;
    if (!tells) return Shown::yes;
    // While its own task has not ended, what is seen may come of another's.
    if (acted.change->proof.needs_task() && line.exit != Exit::ok) return Shown::under_way;
    return acted.change->proof.shows(
        {finding, line.record, line.stand.elapsed() - line.stand.doing.began_at});
}

/// An HA task that ended well has only recorded what is wanted.
bool is_left_to_ha(const Line& line, Shown shown) {
    const auto upid = parse_upid(line.upid);
    return upid && line.run.subject.guest != nullptr && upid->type.starts_with("ha") &&
           line.exit == Exit::ok && shown != Shown::yes;
}

Printed print_what_ha_left(Line& line, const Finding& finding, const Acted& acted) {
    line.exit = Exit::outcome_unknown;
    line.note(fmt::format("{}: HA has taken the request, but the {} is not {} within {}s",
                          line.subject(), line.run.subject.guest->word, acted.change->proof.status,
                          std::chrono::duration_cast<seconds>(line.run.wait).count()));
    return {.output = print_row(line.run.printing, line.record, finding.data())};
}

/// The state after a change that does not show it. Where its task may still run, the line is
/// printed as it is, if it cannot be taken for that of a success.
std::optional<Failure> failure_of_effect(Line& line, const Finding& finding, const Acted& acted) {
    const json::Value state = finding.data();
    const std::string_view status = state["status"].text();
    const bool is_overdue = line.exit != Exit::ok;
    if (is_overdue && status != acted.change->proof.status) return std::nullopt;
    const std::string_view held = state["qmpstatus"].text();
    std::string is = status.empty() ? "" : fmt::format("it is {}", escape(status));
    if (!held.empty() && held != status) is += fmt::format(" ({})", escape(held));
    const Exit exit = acted.was_so ? Exit::line_failed : Exit::outcome_unknown;
    const std::string_view what = is_overdue     ? "its task still runs"
                                  : acted.was_so ? "nothing was changed"
                                                 : "its task ended well, but nothing shows it";
    return failure(line, exit, fmt::format("{} {}: {}", line.run.words.verb, line.subject(), what),
                   std::move(is));
}

/// A list that may not be seen is as empty as one with nothing in it.
Way<void> tell_why_empty(Line& line) {
    if (line.run.needs.empty()) co_return;
    const Need& need = *line.run.needs.begin();
    const Finding permissions = co_await ask(line, std::string(permissions_path), true);
    const Guest* const guest = line.run.subject.guest;
    const std::string what = guest == nullptr ? "nothing" : fmt::format("no {}", guest->word);
    const std::string phrase = fmt::format("{} to be seen on {}", what, line.subject());
    const std::string& user = line.run.home.user;
    if (permissions.verdict != Verdict::good)
        line.note(fmt::format("{}: there is none, or the token lacks {}", phrase, need.privilege));
    else if (privileges_below(need.path, permissions.data()).contains(std::string(need.privilege)))
        line.note(phrase + ": there is none");
    else
        line.note(fmt::format("{}: token {} lacks {}; {}", phrase, escape(user), need.privilege,
                              how_to_grant({need}, user)));
}

/// The answer as a list of rows; what has another form is given that of a list.
Outcome become_list(const Reading& reading, Answer& answer, std::string& reshaped) {
    if (reading.rows == nullptr) return {};
    const auto document = json::Document::parse(answer.body);
    if (!document) return std::unexpected(document.error());
    auto rows = reading.rows(document->root()["data"]);
    if (!rows) return std::unexpected(rows.error());
    reshaped = std::move(*rows);
    return {};
}

}  // namespace

std::string what_is_wrong_with(const json::Value& state, const Record& record) {
    if (!state.is(json::Kind::object)) return "the answer is no object";
    const json::Value vm_id = state["vmid"];
    if (vm_id.exists() && vm_id.text() != record["vm_id"])
        return fmt::format("the answer is about VM {}", escape(vm_id.text()));
    return {};
}

Printed print(Line& line, const json::Value& row) {
    time_stage(line);
    line.record.set("ok", line.exit == Exit::ok ? "true" : "false");
    if (line.exit != Exit::ok && !line.notes.empty()) line.record.set("error", line.notes.back());
    return {.output = print_row(line.run.printing, line.record, row)};
}

Way<Printed> read_state(Line& line, const Reading& reading, Acted acted) {
    const bool has_acted = acted.change != nullptr;
    if (line.is_rehearsed) {
        rehearse(line, Method::get, reading.path, reading.query);
        co_return Printed{};
    }
    if (reading.path.empty()) co_return print(line);
    auto path = line.path(reading.path, reading.query);
    if (!path)
        co_return ends_by(failure(line, Exit::line_failed, line.subject(), path.error().message));
    const std::string phrase = fmt::format("GET failed for {}", line.subject());
    while (true) {
        const Finding finding = co_await ask(line, *path, reading.once);
        const Shown shown = shown_by(line, finding, reading, acted);
        if (is_left_to_ha(line, shown)) {
            if (line.stand.elapsed() >= *line.deadline)
                co_return print_what_ha_left(line, finding, acted);
            co_await pause_for(line, line.jittered_pause(ha_pause));
            continue;
        }
        const bool is_read =
            finding.verdict == Verdict::good || finding.verdict == Verdict::no_such_vm;
        std::optional<Failure> unproven;
        if (has_acted && is_read && shown != Shown::yes)
            unproven = failure_of_effect(line, finding, acted);
        if (unproven) co_return ends_by(std::move(*unproven));
        if (finding.verdict == Verdict::no_such_vm && !has_acted)
            co_return ends_by(guest_missing(line, phrase, finding));
        if (finding.verdict != Verdict::good && !has_acted)
            co_return ends_by(failure(line, finding, phrase));
        const std::string trouble = finding.verdict == Verdict::good
                                        ? what_is_wrong_with(finding.data(), line.record)
                                        : finding.cause;
        if (!trouble.empty() && !has_acted)
            co_return ends_by(failure(line, Exit::unreachable, phrase, trouble));
        if (!trouble.empty())
            line.note(
                fmt::format("{}: done, but its state cannot be read: {}", line.subject(), trouble));
        const json::Value state = trouble.empty() ? finding.data() : json::Value{};
        const Moment any_time;
        if (reading.learn != nullptr) co_await reading.learn(state, line.record, any_time);
        co_return print(line, state);
    }
}

Way<Printed> read_rows(Line& line, const Reading& reading) {
    if (line.is_rehearsed) {
        rehearse(line, Method::get, reading.path, reading.query);
        co_return Printed{};
    }
    auto path = line.path(reading.path, reading.query);
    if (!path)
        co_return ends_by(failure(line, Exit::line_failed, line.subject(), path.error().message));
    Answer& answer = *co_await ask_for_list(line, std::move(*path), reading.once);
    const Prints& prints = line.run.printing.prints;
    const Finding finding = understand_status(answer);
    const std::string phrase = failed_phrase(line);
    if (finding.verdict == Verdict::no_such_vm)
        co_return ends_by(guest_missing(line, phrase, finding));
    if (finding.verdict != Verdict::good) co_return ends_by(failure(line, finding, phrase));
    time_stage(line);
    line.record.set("ok", "true");
    std::string reshaped;
    if (const auto became = become_list(reading, answer, reshaped); !became)
        co_return ends_by(failure(line, Exit::unreachable, phrase, became.error().message));
    std::string& body = reading.rows == nullptr ? answer.body : reshaped;
    auto rows = RowLines::read(line.run.printing, line.record, body);
    if (!rows) co_return ends_by(failure(line, rows.error().exit, phrase, rows.error().message));
    if ((*rows)->is_empty() && !prints.match.field.empty())
        co_return ends_by(
            guest_missing(line,
                          fmt::format("vm_id {} not found in proxmox node {}.",
                                      line.record["vm_id"], line.record["proxmox_node"]),
                          ""));
    if (!reading.once || reading.rows != nullptr) (*rows)->keep(std::move(body));
    const bool is_everything =
        line.run.printing.inputs.empty() && line.run.printing.filter == nullptr;
    if ((*rows)->is_empty() && is_everything) co_await tell_why_empty(line);
    co_return Printed{.rows = std::move(*rows)};
}

Way<void> fail_with_state(Line& line, const Reading& reading, Failure failed) {
    auto path = line.path(reading.path);
    if (!reading.path.empty() && path) {
        const Finding finding = co_await ask(line, std::move(*path), reading.once);
        const std::string_view status = finding.data()["status"].text();
        if (!status.empty())
            failed.cause +=
                fmt::format("; the {} is {} now", line.run.subject.guest->word, escape(status));
        failed.exit = Exit::outcome_unknown;
    }
    co_await ends_by(std::move(failed));
}

}  // namespace proxmox
