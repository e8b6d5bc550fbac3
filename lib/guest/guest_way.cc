// The way through a step: it waits for the login, then runs the scripts.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/guest_way.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "guest/guest_answer.h"
#include "guest/login.h"
#include "guest/machine.h"
#include "stage/read.h"

namespace proxmox {
namespace {

constexpr milliseconds first_pause{250};
constexpr milliseconds longest_pause{2'000};

std::string name_over_ssh(const Record& record) {
    const std::string name = machine_name(record);
    return fmt::format("{} at {}", name.empty() ? "the guest" : name, record["vm_ip"]);
}

void tell_change(Line& line, bool is_open) {
    line.stand.doing.change_is_open = line.stand.doing.reply_is_due = is_open;
}

/// How the command ended, which may be run again while it is not yet ready and has time left.
Way<Ended> run_until_ready(Visit& visit, const GuestCommand& command, milliseconds due) {
    Line& line = visit.line;
    const bool may_repeat = command.repeat == Repeat::until_ready;
    Doing& doing = line.stand.doing;
    doing.waits_for = command.stage;
    doing.when_cut_short = fmt::format(
        "{}: interrupted; it was told to stop and to undo what it had begun to {} (line {})",
        doing.subject, command.stage, line.record.line_number());
    const milliseconds began = line.stand.elapsed();
    while (true) {
        auto execution = execution_of(visit.run, line.record, visit.control_name, command,
                                      std::max(due - line.stand.elapsed(), shortest_limit));
        if (!execution)
            co_return ends_by(
                visit_failure(line, Exit::line_failed, "cannot run", execution.error().message));
        tell_change(line, !may_repeat);
        Ended ended = co_await run_ssh(line, std::move(*execution));
        const milliseconds left = due - line.stand.elapsed();
        if (!may_repeat || !ended.has_exited_with(not_yet_status) || left <= milliseconds{0})
            co_return ended;
        const milliseconds wait =
            pause_after(line.stand.elapsed() - began, first_pause, longest_pause);
        co_await pause_for(line, std::min(wait, left));
    }
}

Failure command_failed(const Line& line, const GuestCommand& command, const Ended& ended,
                       milliseconds limit) {
    const Executed& executed = ended.executed;
    const std::string how =
        ended.has_exited_with(not_yet_status)
            ? fmt::format("not yet after {} s", std::chrono::ceil<seconds>(limit).count())
            : how_it_ended(executed, limit);
    // Only the guard's own status proves that a program which was told to stop has done so.
    const bool is_unknown = executed.how == Executed::How::killed ||
                            (executed.how == Executed::How::overdue && !has_told_end(executed));
    return visit_failure(
        line,
        command.repeat == Repeat::never && is_unknown ? Exit::outcome_unknown : Exit::line_failed,
        fmt::format("failed to {}", command.stage), with_words(how, executed.errors),
        command.advice);
}

/// Takes what the command has proven or told, or says why the way ends here.
Reached<void> take_result(Visit& visit, const GuestCommand& command, const Ended& ended,
                          milliseconds limit) {
    Line& line = visit.line;
    const Executed& executed = ended.executed;
    if (ended.trouble == SshTrouble::identity) return ends_by(refused_identity(visit, ended));
    if (ended.trouble != SshTrouble::none) {
        const bool only_looks = command.repeat == Repeat::until_ready;
        return ends_by(visit_failure(
            line, only_looks ? Exit::unreachable : Exit::outcome_unknown,
            fmt::format("connection lost while it was to {}", command.stage), ssh_words(executed),
            only_looks ? "" : "the guest stops and undoes what was begun once it sees that"));
    }
    if (visit.run.step.runs_operands && ended.has_exited())
        keep_result(executed, line);
    else if (!ended.has_exited_with(0))
        return ends_by(command_failed(line, command, ended, limit));
    else if (!take_proofs(command, executed.output, line.record))
        return ends_by(
            visit_failure(line, Exit::line_failed, fmt::format("failed to {}", command.stage),
                          "the script ended well but did not print its proof", command.advice));
    return {};
}

/// Whether nothing is lost with the connection: no command was sent, or it only looks.
bool may_begin_anew(const GuestCommand& command, const Ended& ended) {
    if (found_no_connection(ended.executed, ended.trouble)) return true;
    return command.repeat == Repeat::until_ready && ended.trouble != SshTrouble::none &&
           ended.trouble != SshTrouble::identity;
}

/// Runs a command to its end; where it may be begun anew, it returns through the login. What is
/// waited for may well start the machine again, and gets no more time for that.
Way<void> run_command(Visit& visit, const GuestCommand& command) {
    Line& line = visit.line;
    const bool only_looks = command.repeat == Repeat::until_ready;
    const milliseconds limit = limit_of(line.record, command.limit_key, command.limit);
    milliseconds due = line.stand.elapsed() + limit;
    Ended ended = co_await run_until_ready(visit, command, due);
    while (may_begin_anew(command, ended) && visit.returns < longest_returns) {
        const milliseconds left = due - line.stand.elapsed();
        if (only_looks && left <= milliseconds{0}) break;
        ++visit.returns;
        tell_change(line, false);
        visit.ladder = Ladder(login_rungs(line.record));
        visit.ladder.begin(line.stand.elapsed(),
                           only_looks ? std::min(left, line.run.wait) : line.run.wait);
        co_await log_in(visit);
        if (!only_looks) due = line.stand.elapsed() + limit;
        ended = co_await run_until_ready(visit, command, due);
    }
    co_await take_result(visit, command, ended, limit);
    tell_change(line, false);
}

Way<void> visit_machine(Line& line, const GuestRun& run, std::string control_name) {
    Visit visit{line, run, std::move(control_name), Ladder(login_rungs(line.record))};
    visit.ladder.begin(line.stand.elapsed(), line.run.wait);
    co_await come_in(visit);
    for (const GuestCommand& command : run.step.commands)
        if (command.needs.empty() || line.record.has(command.needs))
            co_await run_command(visit, command);
    run.connections.leave(line.record, visit.control_name);
}

}  // namespace

Way<Printed> go_through_step(Line& line, const GuestRun& run, std::uint64_t number) {
    std::string control_name = fmt::format("c{}", number);
    if (line.is_rehearsed) {
        line.rehearsal += calls_of_step(run, line.record, control_name);
        co_return Printed{};
    }
    const std::string_view done_by = run.step.done_by;
    line.stand.doing.subject = name_over_ssh(line.record);
    if (!done_by.empty() && line.record[done_by] == "1")
        line.note(fmt::format("{}: nothing to do, it came with that ({}, line {})",
                              line.stand.doing.subject, done_by, line.record.line_number()));
    else if (const auto forgotten = forget_host_keys(run, line.record); !forgotten)
        co_return ends_by(visit_failure(line, Exit::line_failed, "cannot forget the host keys",
                                        forgotten.error().message));
    else
        co_await visit_machine(line, run, std::move(control_name));
    if (const auto kept = remember_host_keys(run, line.record); !kept)
        co_return ends_by(visit_failure(line, Exit::line_failed, "cannot keep the host keys",
                                        kept.error().message));
    co_return print(line);
}

}  // namespace proxmox
