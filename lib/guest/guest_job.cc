// A GuestJob takes one line through a GuestStep: it waits for the login, then runs the scripts.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/guest_job.h"

#include <fmt/format.h>

#include "base/escape.h"
#include "guest/guest_answer.h"
#include "line/rows.h"

namespace proxmox {
namespace {

enum RungNumber : std::size_t { port, banner, login };

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

}  // namespace

GuestJob::GuestJob(const GuestRun& run, std::uint64_t number, Record record)
    : run_(run),
      control_name_(fmt::format("c{}", number)),
      record_(std::move(record)),
      ladder_(rungs_of(record_)) {}

Step GuestJob::begin(const Moment& now) {
    began_at_ = now.elapsed;
    if (!run_.step.done_by.empty() && record_[run_.step.done_by] == "1") return skip(now);
    ladder_.begin(now.elapsed, run_.plan.wait);
    const std::string keys = known_hosts_file(run_.ssh, record_);
    if (record_.has(run_.step.forgets_key) && !keys.empty())
        if (const auto forgotten = run_.remember_keys(keys, {}); !forgotten)
            return fail_line(Exit::line_failed, "cannot forget the host keys",
                             forgotten.error().message, "");
    return knock(now);
}

Step GuestJob::woken(const Moment& now) { return is_in_ ? run_command(now) : knock(now); }

Step GuestJob::executed(Executed& executed, const Moment& now) {
    if (executed.how == Executed::How::interrupted)
        return Ending{
            .traces = {when_cut_short()}, .exit = Exit::line_failed, .reason = when_cut_short()};
    const SshTrouble trouble = take_marks(executed);
    return is_in_ ? command_ended(executed, trouble, now) : knocked(executed, trouble, now);
}

/// One attempt at the whole way: ssh itself says how far it came.
Step GuestJob::knock(const Moment& now) {
    knock_limit_ = std::clamp(ladder_.left(now.elapsed), milliseconds{1'000}, longest_knock);
    return Execute{{.arguments = ssh_call(run_.ssh, record_, control_name_, knock_limit_ / 2,
                                          "exec sh -c " + shell_quoted(scripts::login), Opens::yes),
                    .limit = knock_limit_,
                    .stop_limit = {}}};
}

Step GuestJob::knocked(const Executed& executed, SshTrouble trouble, const Moment& now) {
    const bool is_ready = executed.how == Executed::How::exited && executed.status == 0;
    if (is_ready && executed.output.starts_with("ready ")) {
        is_in_ = true;
        return begin_command(at_, now);
    }
    if (trouble == SshTrouble::identity) return refuse_identity(executed);
    if (executed.how == Executed::How::not_started)
        return fail_line(
            Exit::line_failed, "no way to the guest", how_it_ended(executed, {}),
            "is openssh-client installed, does a limit of this session stand in the way");
    if (trouble == SshTrouble::name)
        return fail_line(Exit::unreachable, "no way to the guest", ssh_words(executed),
                         "is the address right");
    const bool is_outside = trouble == SshTrouble::port || trouble == SshTrouble::banner;
    ladder_.miss(trouble == SshTrouble::port ? port : is_outside ? banner : login, now.elapsed);
    if (!ladder_.is_over(now.elapsed)) return Sleep{ladder_.next_look(now.elapsed)};
    const auto waited_s = std::chrono::round<seconds>(ladder_.waited(now.elapsed)).count();
    return fail_line(
        Exit::unreachable, fmt::format("no {} after {} s", ladder_.missing().name, waited_s),
        trouble == SshTrouble::none || executed.status != ssh_trouble_status
            ? with_words(how_it_ended(executed, knock_limit_), executed.output + executed.errors)
            : ssh_words(executed),
        ladder_.missing().advice);
}

Step GuestJob::refuse_identity(const Executed& executed) {
    const std::string file = known_hosts_file(run_.ssh, record_);
    return fail_line(Exit::tls_identity, "the guest is not the one that is known", "",
                     file.empty()
                         ? ssh_words(executed)
                         : fmt::format("if it was installed anew or started from the "
                                       "network: guest.wait_ssh --forget-key, or remove {}",
                                       escape(file)));
}

Step GuestJob::begin_command(std::size_t at, const Moment& now) {
    const auto& commands = run_.step.commands;
    for (at_ = at; at_ < commands.size(); ++at_)
        if (command().needs.empty() || record_.has(command().needs)) break;
    if (at_ == commands.size()) return finish(now);
    command_began_at_ = now.elapsed;
    pause_ = {};
    return run_command(now);
}

Step GuestJob::run_command(const Moment& now) {
    const milliseconds limit = limit_of(record_, command().limit_key, command().limit);
    const milliseconds left = command_began_at_ + limit - now.elapsed;
    auto execution = execution_of(command(), std::max(left, milliseconds{1'000}));
    if (!execution)
        return fail_line(Exit::line_failed, "cannot run", execution.error().message, "");
    is_changing_ = command().repeat == Repeat::never;
    return Execute{std::move(*execution)};
}

Step GuestJob::command_ended(Executed& executed, SshTrouble trouble, const Moment& now) {
    const milliseconds limit = limit_of(record_, command().limit_key, command().limit);
    const bool has_exited = executed.how == Executed::How::exited;
    if (has_exited && executed.status == not_yet_status && command().repeat != Repeat::never &&
        now.elapsed < command_began_at_ + limit) {
        is_changing_ = false;
        pause_ = std::clamp(2 * pause_, milliseconds{250}, milliseconds{2'000});
        return Sleep{std::min(now.elapsed + pause_, command_began_at_ + limit)};
    }
    if (trouble == SshTrouble::identity) return refuse_identity(executed);
    if (found_no_connection(executed, trouble) && returns_ < longest_returns) {
        ++returns_;
        is_in_ = is_changing_ = false;
        return knock(now);
    }
    if (trouble != SshTrouble::none)
        return fail_line(Exit::outcome_unknown,
                         fmt::format("connection lost while it was to {}", command().stage),
                         ssh_words(executed),
                         "the guest stops and undoes what was begun once it sees that");
    if (run_.step.runs_operands && has_exited)
        keep_result(executed, record_);
    else if (!has_exited || executed.status != 0)
        return command_failed(executed, limit);
    else if (!take_proofs(command(), executed.output, record_))
        return fail_line(Exit::line_failed, fmt::format("failed to {}", command().stage),
                         "the script ended well but did not print its proof", command().advice);
    if (executed.status != 0) exit_ = Exit::line_failed;
    is_changing_ = false;
    return begin_command(at_ + 1, now);
}

Step GuestJob::command_failed(const Executed& executed, milliseconds limit) {
    const bool was_late =
        executed.how == Executed::How::exited && executed.status == not_yet_status;
    const std::string cause = with_words(
        was_late ? fmt::format("not yet after {} s", std::chrono::ceil<seconds>(limit).count())
                 : how_it_ended(executed, limit),
        executed.errors);
    // Only the guard's own status proves that a program which was told to stop has done so.
    const bool is_unknown = executed.how == Executed::How::killed ||
                            (executed.how == Executed::How::overdue && !has_told_end(executed));
    return fail_line(is_changing_ && is_unknown ? Exit::outcome_unknown : Exit::line_failed,
                     fmt::format("failed to {}", command().stage), cause, command().advice);
}

Step GuestJob::skip(const Moment& now) {
    Step step = finish(now);
    std::get<Ending>(step).traces.push_back(
        fmt::format("{}: nothing to do, it came with that ({}, line {})", subject(),
                    run_.step.done_by, record_.line_number()));
    return step;
}

Step GuestJob::finish(const Moment& now) {
    if (const auto kept = keep_host_keys(); !kept)
        return fail_line(Exit::line_failed, "cannot keep the host keys", kept.error().message, "");
    if (run_.plan.carries)
        record_.carried().add_timing(run_.plan.action.name, now.elapsed - began_at_);
    Ending ending{.exit = exit_};
    if (exit_ != Exit::ok) {
        ending.reason = fmt::format("{}: ended with status {} (line {})", subject(),
                                    record_["run_status"], record_.line_number());
        ending.traces.push_back(ending.reason);
    }
    record_.set("ok", exit_ == Exit::ok ? "true" : "false");
    record_.set("error", ending.reason);
    ending.output = print_row(run_.plan, record_, {});
    return ending;
}

Step GuestJob::fail_line(Exit exit, std::string_view what, std::string_view cause,
                         std::string_view advice) {
    std::string text = fmt::format("{}: {} (line {}{}{})", subject(), what, record_.line_number(),
                                   cause.empty() ? "" : ": ", cause);
    if (!advice.empty()) text += fmt::format("; {}", advice);
    text += "; the VM still runs";
    is_changing_ = false;
    return Ending{.traces = {text}, .exit = exit, .reason = text};
}

std::string GuestJob::when_cut_short() const {
    const auto line = record_.line_number();
    if (!is_in_) return fmt::format("{}: interrupted before the login (line {})", subject(), line);
    const std::string_view stage = at_ < run_.step.commands.size() ? command().stage : "do";
    return fmt::format(
        "{}: interrupted; it was told to stop and to undo what it had begun to {} (line {})",
        subject(), stage, line);
}

std::string GuestJob::waits_for() const {
    if (!is_in_) return std::string(ladder_.missing().name);
    return std::string(at_ < run_.step.commands.size() ? command().stage : "");
}

std::string GuestJob::subject() const {
    std::string text(record_.has("vm_name") ? escape(record_["vm_name"]) : "");
    if (record_.has("vm_id"))
        text += fmt::format("{}vm_id {}", text.empty() ? "" : " ", record_["vm_id"]);
    return text + fmt::format("{}at {}", text.empty() ? "the guest " : " ", record_["vm_ip"]);
}

}  // namespace proxmox
