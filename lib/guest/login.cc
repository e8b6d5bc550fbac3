// The login: knocks until a machine takes it, and compares the machine with the line.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/login.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/escape.h"
#include "guest/guest_answer.h"
#include "guest/identity.h"
#include "guest/machine.h"

namespace proxmox {
namespace {

/// A connection that was left to us works at once, or does not.
constexpr milliseconds longest_left_knock{5'000};

enum RungNumber : std::size_t { port, banner, login };

Execution knock_of(const Visit& visit, milliseconds limit, Opens opens) {
    const SshPlace& place = visit.run.ssh;
    const Record& record = visit.line.record;
    const std::string remote = fmt::format("exec sh -c {} login {}", shell_quoted(scripts::login),
                                           record.has("vm_sudo") ? "1" : "''");
    std::vector<std::string> call =
        ssh_call(place, record, visit.control_name, limit / 2, remote, opens);
    if (const std::string_view policy = visit.key_policy.value_or(""); !policy.empty())
        call = overruled(std::move(call), policy);
    if (const std::string file = known_hosts_file(place, record); !file.empty()) {
        const std::array files{fresh_keys_file(place, visit.control_name), file};
        call = overruled(std::move(call), known_hosts_option(files));
    }
    return {.arguments = std::move(call), .limit = limit, .stop_limit = {}};
}

/// The address may be anybody's claim: before anything runs there, the machine is compared with the
/// line, and only then its key is kept as that machine's.
Reached<void> know_machine(Visit& visit, std::string_view said) {
    Line& line = visit.line;
    const auto [how, why] = identity_of(said, line.record);
    if (how == Identity::How::other)
        return ends_by(visit_failure(line, Exit::tls_identity, "another machine answers there", why,
                                     "nothing was run in it; who has this address"));
    if (how == Identity::How::unproven && visit.returns == 0)
        line.note(fmt::format("{}: nothing there shows this user which machine it is (line {})",
                              line.stand.doing.subject, line.record.line_number()));
    const std::string file = known_hosts_file(visit.run.ssh, line.record);
    if (file.empty()) return {};
    const auto kept =
        visit.run.host_keys.adopt(fresh_keys_file(visit.run.ssh, visit.control_name), file);
    if (!kept)
        line.note(fmt::format("{}: its key is not kept (line {}: {})", line.stand.doing.subject,
                              line.record.line_number(), kept.error().message));
    return {};
}

bool is_let_in(const Ended& ended) {
    return ended.has_exited_with(0) && ended.executed.output.starts_with("ready ");
}

/// Nothing where the next knock may fare better, else why the way ends here.
Reached<void> understand_knock(Visit& visit, const Ended& ended, milliseconds limit) {
    Line& line = visit.line;
    const auto& [executed, trouble] = ended;
    if (trouble == SshTrouble::identity) return ends_by(refused_identity(visit, ended));
    if (executed.how == Executed::How::not_started)
        return ends_by(visit_failure(
            line, Exit::line_failed, "no way to the guest", how_it_ended(executed, {}),
            "is openssh-client installed, does a limit of this session stand in the way"));
    if (trouble == SshTrouble::name)
        return ends_by(visit_failure(line, Exit::unreachable, "no way to the guest",
                                     ssh_words(executed), "is the address right"));
    const RungNumber missing = trouble == SshTrouble::port     ? port
                               : trouble == SshTrouble::banner ? banner
                                                               : login;
    const milliseconds now = line.stand.elapsed();
    visit.ladder.miss(missing, now);
    if (!visit.ladder.is_over(now)) return {};
    const bool is_sshs = trouble != SshTrouble::none && executed.status == ssh_trouble_status;
    return ends_by(visit_failure(
        line, Exit::unreachable, waited_in_vain(visit.ladder, now),
        is_sshs ? ssh_words(executed)
                : with_words(how_it_ended(executed, limit), executed.output + executed.errors),
        visit.ladder.missing().advice));
}

/// Decided before the first knock: a key that has changed is never taken, whatever the user's
/// configuration says, and what is stricter there holds. Of a machine whose key is known it need
/// not be asked.
Way<void> decide_on_keys(Visit& visit) {
    const GuestRun& run = visit.run;
    const std::string file = known_hosts_file(run.ssh, visit.line.record);
    if (!file.empty() && run.host_keys.are_known(file)) {
        visit.key_policy = "StrictHostKeyChecking=yes";
        co_return;
    }
    Execution question = knock_of(visit, longest_knock, Opens::yes);
    question.arguments = question_of(std::move(question.arguments));
    const Ended ended = co_await run_ssh(visit.line, std::move(question));
    visit.key_policy =
        takes_any_key(ended.executed.output) ? "StrictHostKeyChecking=accept-new" : "";
}

}  // namespace

std::vector<Rung> login_rungs(const Record& record) {
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

/// Knocks until the guest takes the login. Each attempt is one at the whole way: ssh itself says
/// how far it came.
Way<void> log_in(Visit& visit) {
    Line& line = visit.line;
    if (!visit.key_policy) co_await decide_on_keys(visit);
    Doing& doing = line.stand.doing;
    doing.when_cut_short = fmt::format("{}: interrupted before the login (line {})", doing.subject,
                                       line.record.line_number());
    while (true) {
        doing.waits_for = visit.ladder.missing().name;
        const milliseconds limit =
            std::clamp(visit.ladder.left(line.stand.elapsed()), shortest_limit, longest_knock);
        Execution knock = knock_of(visit, limit, Opens::yes);
        const Ended ended = co_await run_ssh(line, std::move(knock));
        if (is_let_in(ended)) {
            co_await know_machine(visit, ended.executed.output);
            co_return;
        }
        co_await understand_knock(visit, ended, limit);
        doing.waits_for = visit.ladder.missing().name;
        const milliseconds now = line.stand.elapsed();
        co_await pause_for(line, visit.ladder.next_look(now) - now);
    }
}

Way<void> come_in(Visit& visit) {
    Line& line = visit.line;
    const GuestStep& step = visit.run.step;
    const HandedConnections& connections = visit.run.connections;
    const bool takes_one = step.forgets_key.empty() && step.commands.size() > 0;
    if (!takes_one || !connections.take(line.record, visit.control_name)) {
        co_await log_in(visit);
        co_return;
    }
    // What only looks is begun anew where the connection is gone; of what changes something nobody
    // would know then whether it ran.
    if (step.commands.begin()->repeat == Repeat::until_ready) co_return;
    Execution knock = knock_of(visit, longest_left_knock, Opens::no);
    const Ended ended = co_await run_ssh(line, std::move(knock));
    if (is_let_in(ended)) {
        co_await know_machine(visit, ended.executed.output);
        co_return;
    }
    connections.drop(visit.control_name);
    co_await log_in(visit);
}

}  // namespace proxmox
