// The way through a step: it waits for the login, then runs the scripts.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: a line's way through a step, from the knock to its end.
#include "guest/guest_way.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/escape.h"
#include "guest/guest_answer.h"
#include "guest/identity.h"
#include "guest/machine.h"
#include "stage/read.h"

namespace proxmox {
namespace {

enum RungNumber : std::size_t { port, banner, login };

/// However little time is left, ssh gets as much.
constexpr milliseconds shortest_limit{1'000};
constexpr milliseconds first_pause{250};
constexpr milliseconds longest_pause{2'000};

std::vector<Rung> rungs_of(const Record& record) {
    // A refused login is not asked for often: sshd punishes those who do.
    return {{.name = "open port",
             .limit = limit_of(record, "port_timeout", 60s),
             .advice = "is the address right, does sshd run, does a firewall stand between"},
            {.name = "ssh banner",
             .limit = limit_of(record, "banner_timeout", 30s),
             .advice = "does sshd listen on this port, does the guest still generate its keys"},
            {.name = "login",
             .limit = limit_of(record, "login_timeout", 60s),
             .advice = "is your key in the guest's authorized_keys, is the user right (--user)",
             .first_pause = milliseconds{500},
             .longest_pause = milliseconds{5'000}}};
}

/// A line's visit to a machine: what its stages share.
struct Visit {
    Line& line;
    const GuestRun& run;
    std::string control_name;
    Ladder ladder;
    /// So often the connection had gone before a command was sent.
    int returns = 0;
    /// What the user's configuration takes; a changed key we do not.
    bool takes_any_key = false;
};

/// A call of ssh that has ended, and what went wrong with ssh itself.
struct Ended {
    Executed executed;
    SshTrouble trouble = SshTrouble::none;

    bool has_exited() const { return executed.how == Executed::How::exited; }
    bool has_exited_with(int status) const { return has_exited() && executed.status == status; }
};

std::string name_over_ssh(const Record& record) {
    const std::string name = machine_name(record);
    return fmt::format("{} at {}", name.empty() ? "the guest" : name, record["vm_ip"]);
}

void tell_change(Line& line, bool is_open) {
    line.stand.doing.change_is_open = line.stand.doing.reply_is_due = is_open;
}

Failure failed(const Line& line, Exit exit, std::string_view what, std::string_view cause,
               std::string_view advice = {}) {
    return machine_failure(line, exit, what, cause, while_it_runs(advice));
}

Failure refused_identity(const Visit& visit, const Ended& ended) {
    const std::string file = known_hosts_file(visit.run.ssh, visit.line.record);
    return failed(visit.line, Exit::tls_identity, "the guest is not the one that is known", "",
                  file.empty() ? ssh_words(ended.executed)
                               : fmt::format("if it was installed anew or started from the "
                                             "network: guest.wait_ssh --forget-key, or remove {}",
                                             escape(file)));
}

/// Runs ssh to its end; one that was interrupted ends the way.
Way<Ended> run_ssh(Line& line, Execution execution) {
    Execute wanted{std::move(execution)};
    Executed* const executed = co_await line.stand.told<Executed*>(std::move(wanted));
    if (executed->how == Executed::How::interrupted)
        co_return ends_by({.sentence = line.stand.doing.when_cut_short});
    Ended ended{std::move(*executed)};
    ended.trouble = take_marks(ended.executed);
    co_return ended;
}

Execution knock_of(const Visit& visit, milliseconds limit) {
    const SshPlace& place = visit.run.ssh;
    const Record& record = visit.line.record;
    const std::string remote = fmt::format("exec sh -c {} login {}", shell_quoted(scripts::login),
                                           record.has("vm_sudo") ? "1" : "''");
    std::vector<std::string> call =
        ssh_call(place, record, visit.control_name, limit / 2, remote, Opens::yes);
    if (visit.takes_any_key) call = overruled(std::move(call), "StrictHostKeyChecking=accept-new");
    if (const std::string file = known_hosts_file(place, record); !file.empty()) {
        const std::array files{fresh_keys_file(place, visit.control_name), file};
        call = overruled(std::move(call), known_hosts_option(files));
    }
    return {.arguments = std::move(call), .limit = limit, .stop_limit = {}};
}

/// A key that has changed is never taken, whatever the user's configuration says; what is stricter
/// there holds.
Way<void> ask_for_policy(Visit& visit) {
    Execution question = knock_of(visit, longest_knock);
    question.arguments = question_of(std::move(question.arguments));
    const Ended ended = co_await run_ssh(visit.line, std::move(question));
    visit.takes_any_key = takes_any_key(ended.executed.output);
}

/// The address may be anybody's claim: before anything runs there, the machine is compared with the
/// line, and only then its key is kept as that machine's.
Reached<void> know_machine(Visit& visit, std::string_view said) {
    Line& line = visit.line;
    const auto [how, why] = identity_of(said, line.record);
    if (how == Identity::How::other)
        return ends_by(failed(line, Exit::tls_identity, "another machine answers there", why,
                              "nothing was run in it; who has this address"));
    if (how == Identity::How::unproven && visit.returns == 0)
        line.note(fmt::format("{}: nothing there shows this user which machine it is (line {})",
                              line.stand.doing.subject, line.record.line_number()));
    const std::string file = known_hosts_file(visit.run.ssh, line.record);
    if (file.empty()) return {};
    const auto kept =
        visit.run.adopt_keys(fresh_keys_file(visit.run.ssh, visit.control_name), file);
    if (!kept)
        line.note(fmt::format("{}: its key is not kept (line {}: {})", line.stand.doing.subject,
                              line.record.line_number(), kept.error().message));
    return {};
}

/// Nothing where the next knock may fare better, else why the way ends here.
Reached<void> understand_knock(Visit& visit, const Ended& ended, milliseconds limit) {
    Line& line = visit.line;
    const auto& [executed, trouble] = ended;
    if (trouble == SshTrouble::identity) return ends_by(refused_identity(visit, ended));
    if (executed.how == Executed::How::not_started)
        return ends_by(
            failed(line, Exit::line_failed, "no way to the guest", how_it_ended(executed, {}),
                   "is openssh-client installed, does a limit of this session stand in the way"));
    if (trouble == SshTrouble::name)
        return ends_by(failed(line, Exit::unreachable, "no way to the guest", ssh_words(executed),
                              "is the address right"));
    const RungNumber missing = trouble == SshTrouble::port     ? port
                               : trouble == SshTrouble::banner ? banner
                                                               : login;
    const milliseconds now = line.stand.elapsed();
    visit.ladder.miss(missing, now);
    if (!visit.ladder.is_over(now)) return {};
    const bool is_sshs = trouble != SshTrouble::none && executed.status == ssh_trouble_status;
    return ends_by(failed(
        line, Exit::unreachable, waited_in_vain(visit.ladder, now),
        is_sshs ? ssh_words(executed)
                : with_words(how_it_ended(executed, limit), executed.output + executed.errors),
        visit.ladder.missing().advice));
}

/// Knocks until the guest takes the login. Each attempt is one at the whole way: ssh itself says
/// how far it came.
Way<void> log_in(Visit& visit) {
    Line& line = visit.line;
    Doing& doing = line.stand.doing;
    doing.when_cut_short = fmt::format("{}: interrupted before the login (line {})", doing.subject,
                                       line.record.line_number());
    while (true) {
        doing.waits_for = visit.ladder.missing().name;
        const milliseconds limit =
            std::clamp(visit.ladder.left(line.stand.elapsed()), shortest_limit, longest_knock);
        Execution knock = knock_of(visit, limit);
        const Ended ended = co_await run_ssh(line, std::move(knock));
        if (ended.has_exited_with(0) && ended.executed.output.starts_with("ready ")) {
            co_await know_machine(visit, ended.executed.output);
            co_return;
        }
        co_await understand_knock(visit, ended, limit);
        doing.waits_for = visit.ladder.missing().name;
        const milliseconds now = line.stand.elapsed();
        co_await pause_for(line, visit.ladder.next_look(now) - now);
    }
}

/// How the command ended, which may be run again while it is not yet ready and has time left.
Way<Ended> run_until_ready(Visit& visit, const GuestCommand& command, milliseconds limit) {
    Line& line = visit.line;
    const bool may_repeat = command.repeat == Repeat::until_ready;
    const milliseconds due = line.stand.elapsed() + limit;
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
                failed(line, Exit::line_failed, "cannot run", execution.error().message));
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
    return failed(
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
    if (ended.trouble != SshTrouble::none)
        return ends_by(failed(line, Exit::outcome_unknown,
                              fmt::format("connection lost while it was to {}", command.stage),
                              ssh_words(executed),
                              "the guest stops and undoes what was begun once it sees that"));
    if (visit.run.step.runs_operands && ended.has_exited())
        keep_result(executed, line);
    else if (!ended.has_exited_with(0))
        return ends_by(command_failed(line, command, ended, limit));
    else if (!take_proofs(command, executed.output, line.record))
        return ends_by(failed(line, Exit::line_failed, fmt::format("failed to {}", command.stage),
                              "the script ended well but did not print its proof", command.advice));
    return {};
}

/// Runs a command to its end; where its connection had gone before, it returns through the login.
Way<void> run_command(Visit& visit, const GuestCommand& command) {
    const milliseconds limit = limit_of(visit.line.record, command.limit_key, command.limit);
    Ended ended = co_await run_until_ready(visit, command, limit);
    while (found_no_connection(ended.executed, ended.trouble) && visit.returns < longest_returns) {
        ++visit.returns;
        tell_change(visit.line, false);
        co_await log_in(visit);
        ended = co_await run_until_ready(visit, command, limit);
    }
    co_await take_result(visit, command, ended, limit);
    tell_change(visit.line, false);
}

Way<void> visit_machine(Line& line, const GuestRun& run, std::string control_name) {
    Visit visit{line, run, std::move(control_name), Ladder(rungs_of(line.record))};
    visit.ladder.begin(line.stand.elapsed(), line.run.wait);
    co_await ask_for_policy(visit);
    co_await log_in(visit);
    for (const GuestCommand& command : run.step.commands)
        if (command.needs.empty() || line.record.has(command.needs))
            co_await run_command(visit, command);
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
        co_return ends_by(failed(line, Exit::line_failed, "cannot forget the host keys",
                                 forgotten.error().message));
    else
        co_await visit_machine(line, run, std::move(control_name));
    if (const auto kept = remember_host_keys(run, line.record); !kept)
        co_return ends_by(
            failed(line, Exit::line_failed, "cannot keep the host keys", kept.error().message));
    co_return print(line);
}

}  // namespace proxmox
