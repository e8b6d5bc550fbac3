// An AgentJob takes one line through the guest agent: pieces of a file, a program, how it ended.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: what each answer of the agent can lead to is read in one piece.
#include "guest/agent_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "guest/agent_words.h"
#include "api/checks.h"
#include "base/escape.h"
#include "guest/guest_answer.h"
#include "line/rows.h"

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

}  // namespace

AgentJob::AgentJob(const Plan& plan, const AgentRun& run, Record record)
    : plan_(plan), run_(run), record_(std::move(record)), ladder_(rungs_of(plan.wait)) {}

Step AgentJob::begin(const Moment& now) {
    began_at_ = now.elapsed;
    ladder_.begin(now.elapsed, plan_.wait);
    if (!record_.has("proxmox_node")) record_.set("proxmox_node", plan_.node);
    return ask_next();
}

Step AgentJob::woken(const Moment&) { return asked_; }

Step AgentJob::ask(State state, std::string_view call, const Parameters& parameters) {
    state_ = state;
    const bool is_change = state != State::status;
    asked_ = {{.method = is_change ? Method::post : Method::get,
               .path = call_path(call) + (is_change ? "" : '?' + form_of(parameters)),
               .body = is_change ? form_of(parameters) : "",
               .limit = is_change ? change_limit : read_limit}};
    return asked_;
}

Step AgentJob::ask_next() {
    is_changing_ = true;
    if (piece_at_ < run_.pieces.size())
        return ask(State::piece, "file-write", call_of_piece(piece_at_));
    return ask(State::program, "exec", call_of_program());
}

Step AgentJob::answered(Answer& answer, const Moment& now) {
    Finding finding = understand(answer);
    // An answer that cannot be read does not say what was done.
    if (finding.verdict == Verdict::not_proxmox && answer.status == status_of_success)
        finding.verdict = Verdict::unknown;
    if (finding.verdict != Verdict::unreachable) ladder_.miss(node, now.elapsed);
    switch (state_) {
        case State::piece:
            may_have_pieces_ = may_have_pieces_ || finding.verdict == Verdict::good ||
                               finding.verdict == Verdict::unknown ||
                               says_agent_was_late(finding.cause);
            if (finding.verdict != Verdict::good) return not_answered(finding, now);
            ++piece_at_;
            return ask_next();
        case State::program: return program_answered(finding, now);
        case State::status: return status_answered(finding, now);
        case State::stop:
        case State::tidy: break;
    }
    const bool is_done = finding.verdict == Verdict::good;
    if (state_ == State::stop)
        ends_because_ += is_done ? "; it was told to stop"
                                 : fmt::format("; it goes on as process {}", *process_);
    else if (!is_done)
        ends_because_ += fmt::format("; {}* may be left in the guest", piece_name(0));
    return fail_line(ends_with_, ends_because_, is_done ? "" : finding.cause);
}

Step AgentJob::program_answered(const Finding& finding, const Moment& now) {
    process_ = finding.data()["pid"].integer();
    if (process_) {
        program_due_ = now.elapsed + program_limit();
        pause_ = {};
        return ask(State::status, "exec-status", {{"pid", std::to_string(*process_)}});
    }
    const bool may_run = finding.verdict == Verdict::good || finding.verdict == Verdict::unknown ||
                         says_agent_was_late(finding.cause);
    if (!may_run) return not_answered(finding, now);
    return fail_line(
        Exit::outcome_unknown, "outcome unknown, the program may run in the guest",
        finding.verdict == Verdict::good ? "the answer names no process" : finding.cause);
}

milliseconds AgentJob::program_limit() const {
    const GuestCommand& command = *run_.step.commands.begin();
    return limit_of(record_, command.limit_key, command.limit);
}

/// The agent tells only once how a program has ended: what it no longer knows is lost.
Step AgentJob::status_answered(const Finding& finding, const Moment& now) {
    if (finding.verdict == Verdict::good && finding.data()["exited"].integer().value_or(0) == 1)
        return program_ended(finding.data(), now);
    const bool may_pass =
        finding.verdict == Verdict::good || finding.verdict == Verdict::unknown ||
        finding.verdict == Verdict::unreachable || finding.verdict == Verdict::cut_off ||
        finding.verdict == Verdict::lock_busy || says_agent_is_missing(finding.cause) ||
        says_agent_was_late(finding.cause);
    if (!may_pass)
        return fail_line(Exit::outcome_unknown, "the program has begun, and its end is not known",
                         finding.cause);
    if (now.elapsed < program_due_) {
        pause_ = std::clamp(2 * pause_, first_pause, longest_pause);
        return Sleep{std::min(now.elapsed + pause_, program_due_)};
    }
    const auto limit_s = std::chrono::ceil<seconds>(program_limit()).count();
    return ask_to_stop(fmt::format("failed to {}: not done after {} s",
                                   run_.step.commands.begin()->stage, limit_s),
                       Exit::outcome_unknown);
}

Step AgentJob::program_ended(const json::Value& status, const Moment& now) {
    is_changing_ = false;
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
    const GuestCommand& command = *run_.step.commands.begin();
    Ending ending;
    if (run_.step.runs_operands) {
        keep_result(executed, record_);
        if (executed.status != 0) {
            ending.exit = Exit::line_failed;
            ending.reason = fmt::format("{}: ended with status {} (line {})", subject(),
                                        executed.status, record_.line_number());
            ending.traces.push_back(ending.reason);
        }
    } else if (executed.status != 0 || !take_proofs(command, executed.output, record_)) {
        return fail_line(
            Exit::line_failed, fmt::format("failed to {}", command.stage),
            fmt::format("status {}: {}", executed.status, last_lines(executed.errors)));
    }
    if (plan_.carries) record_.carried().add_timing(plan_.action.name, now.elapsed - began_at_);
    record_.set("ok", ending.exit == Exit::ok ? "true" : "false");
    record_.set("error", ending.reason);
    ending.output = print_row(plan_, record_, {});
    return ending;
}

/// Nothing ran; whether it is asked for again depends on why.
Step AgentJob::not_answered(const Finding& finding, const Moment& now) {
    const bool sets_a_state = state_ == State::piece;
    switch (finding.verdict) {
        case Verdict::unreachable:
            if (ladder_.is_over_at(connection, now.elapsed)) break;
            return look_again(now, finding.cause);
        case Verdict::cut_off:
        case Verdict::lock_busy: return look_again(now, finding.cause);
        case Verdict::unknown:
            // A piece says what shall be in its file: twice is once.
            if (sets_a_state) return look_again(now, finding.cause);
            break;
        case Verdict::refused:
            if (!says_agent_is_missing(finding.cause) &&
                !(sets_a_state && says_agent_was_late(finding.cause)))
                break;
            ladder_.miss(agent, now.elapsed);
            return look_again(now, finding.cause);
        default: break;
    }
    const Check check = check_answer(finding, plan_.host_and_port, plan_.user);
    std::string_view advice = check.remedy;
    if (finding.verdict == Verdict::forbidden)
        advice = "the token needs VM.GuestAgent.Unrestricted";
    else if (finding.cause.contains("No QEMU guest agent configured"))
        advice = "proxmox_vm.set_config --set agent=1, then stop and start it";
    else if (finding.verdict == Verdict::refused && finding.cause.ends_with("is not running"))
        advice = "start it first: proxmox_vm.start";
    const std::string what = fmt::format("failed to {}", run_.step.commands.begin()->stage);
    if (may_have_pieces_)
        return ask_to_tidy(fmt::format("{}: {}", what, check.finding), exit_of(finding.verdict));
    Step step = fail_line(exit_of(finding.verdict), what, check.finding, advice);
    if (ends_all(finding.verdict)) std::get<Ending>(step).hopeless = check.finding;
    return step;
}

Step AgentJob::look_again(const Moment& now, std::string_view cause) {
    if (!ladder_.is_over(now.elapsed)) return Sleep{ladder_.next_look(now.elapsed)};
    const auto waited_s = std::chrono::round<seconds>(ladder_.waited(now.elapsed)).count();
    std::string what = fmt::format("no {} after {} s", ladder_.missing().name, waited_s);
    if (may_have_pieces_) return ask_to_tidy(fmt::format("{}: {}", what, cause), Exit::unreachable);
    return fail_line(Exit::unreachable, what, cause,
                     fmt::format("{}; the VM still runs", ladder_.missing().advice));
}

Step AgentJob::ask_to_stop(std::string why, Exit exit) {
    ends_because_ = std::move(why);
    ends_with_ = exit;
    return ask(State::stop, "exec", command_of({"kill", "-TERM", std::to_string(*process_)}));
}

Step AgentJob::ask_to_tidy(std::string why, Exit exit) {
    ends_because_ = std::move(why);
    ends_with_ = exit;
    std::vector<std::string> words{"rm", "-f", "--"};
    for (std::size_t at = 0; at < run_.pieces.size(); ++at) words.push_back(piece_name(at));
    return ask(State::tidy, "exec", command_of(words));
}

std::optional<Step> AgentJob::wind_up(const Moment&) {
    if (!is_changing_ || state_ == State::stop || state_ == State::tidy) return std::nullopt;
    if (process_) return ask_to_stop("interrupted", Exit::outcome_unknown);
    if (run_.pieces.empty()) return std::nullopt;
    return ask_to_tidy("interrupted; nothing was put there", Exit::line_failed);
}

Step AgentJob::fail_line(Exit exit, std::string_view what, std::string_view cause,
                         std::string_view advice) {
    is_changing_ = false;
    std::string text = fmt::format("{}: {} (line {}{}{})", subject(), what, record_.line_number(),
                                   cause.empty() ? "" : ": ", cause);
    if (!advice.empty()) text += fmt::format("; {}", advice);
    return Ending{.traces = {text}, .exit = exit, .reason = text};
}

std::string AgentJob::when_cut_short() const {
    std::string what = is_changing_ ? "; the request may run in the guest" : "";
    if (process_)
        what = fmt::format("; the program may go on in the guest as process {}", *process_);
    return fmt::format("{}: interrupted{} (line {})", subject(), what, record_.line_number());
}

std::string AgentJob::waits_for() const {
    if (state_ == State::status) return std::string(run_.step.commands.begin()->stage);
    return std::string(ladder_.missing().name);
}

std::string AgentJob::subject() const {
    if (!record_.has("vm_name")) return fmt::format("vm_id {}", record_["vm_id"]);
    return fmt::format("{} vm_id {}", escape(record_["vm_name"]), record_["vm_id"]);
}

}  // namespace proxmox
