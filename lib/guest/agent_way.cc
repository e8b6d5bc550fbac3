// The way through a guest agent: pieces of a file, a program, and how it ended.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: what each answer of the agent can lead to is read in one piece.
#include "guest/agent_way.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "api/checks.h"
#include "guest/agent_words.h"
#include "guest/guest_answer.h"
#include "guest/machine.h"
#include "stage/read.h"

namespace proxmox {
namespace {

enum RungNumber : std::size_t { connection, node, agent };

constexpr int status_of_success = 200;
constexpr milliseconds first_pause{100};
constexpr milliseconds longest_pause{2'000};
/// What a shell says of a program that a signal has ended.
constexpr std::int64_t signal_status_base = 128;

std::vector<Rung> rungs_of(milliseconds limit) {
    return {connection_rung,
            {.name = "answer of the node", .limit = limit, .advice = "does the node answer others"},
            {.name = "guest agent",
             .limit = limit,
             .advice = "has the guest started, is qemu-guest-agent installed and running in it"}};
}

/// A line's visit to a machine: what its stages share.
struct AgentVisit {
    Line& line;
    const AgentRun& run;
    Ladder ladder;
    /// Something of the file may be in the guest.
    bool may_have_pieces = false;

    void miss(RungNumber rung) { ladder.miss(rung, line.stand.elapsed()); }
    void tell_missing() { line.stand.doing.waits_for = ladder.missing().name; }
};

/// It was asked, and whether it has done that is not known.
bool may_be_done(const Finding& finding) {
    return finding.verdict == Verdict::unknown || says_agent_was_late(finding.cause);
}

Way<Finding> ask_agent(Line& line, Request request) {
    Ask question{.request = std::move(request)};
    const Answer& answer = *co_await line.stand.told<Answer*>(std::move(question));
    Finding finding = understand(answer);
    // An answer that cannot be read does not say what was done.
    if (finding.verdict == Verdict::not_proxmox && answer.status == status_of_success)
        finding.verdict = Verdict::unknown;
    co_return finding;
}

/// Why the way ends, after a last call that puts the guest in order.
Failure end_after(const Line& line, const Finding& last, std::string_view why, Exit exit) {
    const bool is_done = last.verdict == Verdict::good;
    return machine_failure(line, exit, why, is_done ? std::string_view() : last.cause);
}

/// Ends the way once the program was told to stop.
Way<Printed> stop_program(Line& line, std::int64_t process, std::string why, Exit exit) {
    line.stand.doing.wind_up = {};
    const std::vector<std::string> words{"kill", "-TERM", std::to_string(process)};
    Request call = call_of_words(line.record, words);
    const Finding last = co_await ask_agent(line, std::move(call));
    if (last.verdict == Verdict::good)
        why += "; it was told to stop";
    else
        why += fmt::format("; it goes on as process {}", process);
    co_return ends_by(end_after(line, last, why, exit));
}

/// Ends the way once the pieces are taken away.
Way<Printed> take_away_pieces(Line& line, const AgentRun& run, std::string why, Exit exit) {
    line.stand.doing.wind_up = {};
    std::vector<std::string> words{"rm", "-f", "--"};
    for (std::size_t at = 0; at < run.pieces.size(); ++at) words.push_back(piece_name(run, at));
    Request call = call_of_words(line.record, words);
    const Finding last = co_await ask_agent(line, std::move(call));
    if (last.verdict != Verdict::good)
        why += fmt::format("; {}* may be left in the guest", piece_name(run, 0));
    co_return ends_by(end_after(line, last, why, exit));
}

/// Whether nothing ran that will run later.
bool may_come(AgentVisit& visit, const Finding& finding) {
    switch (finding.verdict) {
        case Verdict::unreachable:
            return !visit.ladder.is_over_at(connection, visit.line.stand.elapsed());
        case Verdict::cut_off:
        case Verdict::lock_busy:
        case Verdict::unknown: return true;
        case Verdict::refused:
            return says_agent_is_missing(finding.cause) || says_agent_was_late(finding.cause);
        default: return false;
    }
}

/// Why what was asked for does not come about, and what would help.
Failure refused(const AgentVisit& visit, const Finding& finding) {
    const Line& line = visit.line;
    const Check check = check_answer(finding, line.run.home.host_and_port, line.run.home.user);
    std::string_view advice = check.remedy;
    if (finding.verdict == Verdict::forbidden)
        advice = "the token needs VM.GuestAgent.Unrestricted";
    else if (finding.cause.contains("No QEMU guest agent configured"))
        advice = "proxmox_vm.set_config --set agent=1, then stop and start it";
    else if (finding.verdict == Verdict::refused && finding.cause.ends_with("is not running"))
        advice = "start it first: proxmox_vm.start";
    const std::string what = fmt::format("failed to {}", visit.run.command().stage);
    Failure failed = machine_failure(line, exit_of(finding.verdict), what, check.finding, advice);
    failed.phrase = fmt::format("{}: {}", what, check.finding);
    if (ends_all(finding.verdict)) failed.hopeless = check.finding;
    return failed;
}

/// Ends the way, without leaving pieces of a file behind; `phrase` is what is said then.
Way<void> give_up(AgentVisit& visit, Failure failed) {
    if (visit.may_have_pieces)
        co_await take_away_pieces(visit.line, visit.run, failed.phrase, failed.exit);
    co_await ends_by(std::move(failed));
}

/// After an answer that was no good one: pauses until it is time to ask again, or ends the way.
Way<void> await_next_try(AgentVisit& visit, const Finding& finding) {
    Line& line = visit.line;
    if (!may_come(visit, finding)) {
        Failure failed = refused(visit, finding);
        co_await give_up(visit, std::move(failed));
    }
    if (finding.verdict == Verdict::refused) visit.miss(agent);
    visit.tell_missing();
    auto wait = time_to_next_look(line, visit.ladder, finding.cause);
    if (!wait) {
        wait.error().phrase = fmt::format(
            "{}: {}", waited_in_vain(visit.ladder, line.stand.elapsed()), finding.cause);
        co_await give_up(visit, std::move(wait.error()));
    }
    co_await pause_for(line, *wait);
}

Way<Finding> ask_of(AgentVisit& visit, Request request) {
    visit.tell_missing();
    Finding finding = co_await ask_agent(visit.line, std::move(request));
    if (finding.verdict != Verdict::unreachable) visit.miss(node);
    co_return finding;
}

/// A piece says what shall be in its file: twice is once.
Way<void> put_piece(AgentVisit& visit, std::size_t at) {
    while (true) {
        Request call = call_of_piece(visit.run, visit.line.record, at);
        const Finding finding = co_await ask_of(visit, std::move(call));
        const bool is_there = finding.verdict == Verdict::good;
        visit.may_have_pieces = visit.may_have_pieces || is_there || may_be_done(finding);
        if (is_there) co_return;
        co_await await_next_try(visit, finding);
    }
}

/// A program is asked for again only while nothing can have run: its process.
Way<std::int64_t> begin_program(AgentVisit& visit) {
    while (true) {
        Request call = call_of_program(visit.run, visit.line.record);
        const Finding finding = co_await ask_of(visit, std::move(call));
        if (const auto process = finding.data()["pid"].integer()) co_return *process;
        const bool names_none = finding.verdict == Verdict::good;
        std::string_view cause = finding.cause;
        if (names_none) cause = "the answer names no process";
        if (names_none || may_be_done(finding))
            co_return ends_by(machine_failure(visit.line, Exit::outcome_unknown,
                                              "outcome unknown, the program may run in the guest",
                                              cause));
        co_await await_next_try(visit, finding);
    }
}

Executed executed_of(const json::Value& status) {
    Executed executed{.output = bytes_of(status["out-data"].text()),
                      .errors = bytes_of(status["err-data"].text())};
    const std::int64_t code = status["exitcode"].integer().value_or(
        signal_status_base + status["signal"].integer().value_or(0));
    executed.status = static_cast<int>(code);
    executed.was_cut = status["out-truncated"].integer().value_or(0) == 1 ||
                       status["err-truncated"].integer().value_or(0) == 1;
    for (std::string* const kept : {&executed.output, &executed.errors}) {
        executed.was_cut = executed.was_cut || kept->size() > execution_output_limit;
        kept->resize(std::min(kept->size(), execution_output_limit));
    }
    return executed;
}

Reached<Printed> result_of(AgentVisit& visit, const Executed& executed) {
    Line& line = visit.line;
    const GuestCommand& command = visit.run.command();
    if (visit.run.step.runs_operands)
        keep_result(executed, line);
    else if (executed.status != 0 || !take_proofs(command, executed.output, line.record))
        return ends_by(machine_failure(
            line, Exit::line_failed, fmt::format("failed to {}", command.stage),
            fmt::format("status {}: {}", executed.status, last_lines(executed.errors))));
    return print(line);
}

/// Whether the next look may show more than this one.
bool may_tell_later(const Finding& finding) {
    switch (finding.verdict) {
        case Verdict::good:
        case Verdict::unknown:
        case Verdict::unreachable:
        case Verdict::cut_off:
        case Verdict::lock_busy: return true;
        default: return says_agent_is_missing(finding.cause) || says_agent_was_late(finding.cause);
    }
}

/// The agent tells only once how a program has ended: what it no longer knows is lost.
Way<Printed> follow_program(AgentVisit& visit, std::int64_t process) {
    Line& line = visit.line;
    const GuestCommand& command = visit.run.command();
    const milliseconds limit = limit_of(line.record, command.limit_key, command.limit);
    const milliseconds due = line.stand.elapsed() + limit;
    line.stand.doing.waits_for = command.stage;
    for (milliseconds wait{};;) {
        Request call = call_of_status(line.record, process);
        const Finding finding = co_await ask_agent(line, std::move(call));
        if (finding.verdict != Verdict::unreachable) visit.miss(node);
        const json::Value status = finding.data();
        if (finding.verdict == Verdict::good && status["exited"].integer().value_or(0) == 1)
            co_return result_of(visit, executed_of(status));
        if (!may_tell_later(finding))
            co_return ends_by(machine_failure(line, Exit::outcome_unknown,
                                              "the program has begun, and its end is not known",
                                              finding.cause));
        const milliseconds left = due - line.stand.elapsed();
        if (left <= milliseconds{0}) break;
        wait = std::clamp(2 * wait, first_pause, longest_pause);
        co_await pause_for(line, std::min(wait, left));
    }
    visit.tell_missing();
    std::string why = fmt::format("failed to {}: not done after {} s", command.stage,
                                  std::chrono::ceil<seconds>(limit).count());
    co_return co_await stop_program(line, process, std::move(why), Exit::outcome_unknown);
}

/// Until the line has ended, something that it has brought may be in the guest.
void tell_begun(Line& line, const AgentRun& run) {
    Doing& doing = line.stand.doing;
    doing.subject = machine_name(line.record);
    doing.change_is_open = doing.reply_is_due = true;
    doing.when_cut_short =
        fmt::format("{}: interrupted; the request may run in the guest (line {})", doing.subject,
                    line.record.line_number());
    if (run.pieces.empty()) return;
    doing.wind_up = [&line, &run] {
        return take_away_pieces(line, run, "interrupted; nothing was put there", Exit::line_failed);
    };
}

/// ... or be running there.
void tell_running(Line& line, std::int64_t process, std::string_view missing) {
    Doing& doing = line.stand.doing;
    doing.when_cut_short =
        fmt::format("{}: interrupted; the program may go on in the guest as process {} (line {})",
                    doing.subject, process, line.record.line_number());
    doing.wind_up = [&line, process, missing] {
        line.stand.doing.waits_for = missing;
        return stop_program(line, process, "interrupted", Exit::outcome_unknown);
    };
}

}  // namespace

Way<Printed> go_through_agent(Line& line, const AgentRun& run) {
    if (!line.record.has("proxmox_node")) line.record.set("proxmox_node", line.run.home.node);
    if (line.is_rehearsed) {
        line.rehearsal += calls_of_agent(run, line.record);
        co_return Printed{};
    }
    tell_begun(line, run);
    AgentVisit visit{line, run, Ladder(rungs_of(line.run.wait))};
    visit.ladder.begin(line.stand.elapsed(), line.run.wait);
    for (std::size_t at = 0; at < run.pieces.size(); ++at) co_await put_piece(visit, at);
    const std::int64_t process = co_await begin_program(visit);
    tell_running(line, process, visit.ladder.missing().name);
    co_return co_await follow_program(visit, process);
}

}  // namespace proxmox
