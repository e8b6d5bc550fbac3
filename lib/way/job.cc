// A Job's way: find the node, look, act, wait for the task, read, print.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "way/job.h"

#include <fmt/format.h>

#include "api/checks.h"
#include "base/escape.h"
#include "line/expand.h"
#include "line/grammar.h"
#include "factory/journal.h"
#include "api/privileges.h"
#include "api/retry.h"
#include "line/row_lines.h"
#include "line/rows.h"
#include "line/unfinished.h"

namespace proxmox {
namespace {

constexpr std::size_t shown_log_lines = 3;
constexpr std::string_view nodes_path = "/nodes";

}  // namespace

Job::Job(const Plan& plan, ClaimedTasks& claimed, Record record)
    : plan_(plan), claimed_(claimed), record_(std::move(record)) {}

Step Job::begin(const Moment& now) {
    began_at_ = now_ = now.elapsed;
    if (plan_.action.awaits) return await_given_task(now);
    if (record_.has("proxmox_node") && record_["proxmox_node"] != plan_.node)
        return ask(State::nodes, {.path = std::string(nodes_path)}, true);
    record_.set("proxmox_node", plan_.node);
    return ask_guard(now);
}

Step Job::answered(Answer& answer, const Moment& now) {
    now_ = now.elapsed;
    const bool has_rows =
        (state_ == State::read && plan_.action.rows == Rows::every) || state_ == State::locate;
    const Finding finding = has_rows ? understand_status(answer) : understand(answer);
    if (tries_ == 0) asked_at_ = now.elapsed - answer.took;
    if (may_ask_again(finding, now)) {
        ++tries_;
        return sleep(pause_after_tries(), now);
    }
    switch (state_) {
        case State::nodes: return nodes_answered(finding, now);
        case State::guard: return guard_answered(finding, now);
        case State::id: return id_answered(finding, now);
        case State::look: return look_answered(finding, now);
        case State::act: return act_answered(finding, answer, now);
        case State::recover: return recover_answered(finding, answer, now);
        case State::log: return log_answered(finding);
        case State::locate: return locate_answered(answer, now);
        case State::turn:
        case State::permissions: return permissions_answered(finding);
        case State::task:
        case State::read: break;
    }
    return read_answered(answer, now);
}

Step Job::woken(const Moment& now) {
    now_ = now.elapsed;
    if (state_ == State::turn) has_turn_ = true;
    if (state_ == State::act || state_ == State::turn) return ask_act(now);
    return asked_;
}

Step Job::ask_read() {
    const bool asks =
        !plan_.action.read.empty() && (!plan_.action.awaits || is_state_open(record_));
    if (!asks) return finish(json::Value{});
    auto path = expand_path(plan_.action.read, record_);
    if (!path) return fail_line(Exit::line_failed, subject(), path.error().message);
    return ask(State::read, {.path = std::move(*path)}, plan_.action.read_once);
}

Step Job::read_answered(Answer& answer, const Moment& now) {
    if (plan_.action.rows == Rows::every) return rows_answered(answer);
    const Finding finding = understand(answer);
    const bool has_acted = plan_.action.act.method != Method::none || plan_.action.awaits;
    if (!failure_phrase_.empty()) {
        const std::string_view status = finding.data()["status"].text();
        return fail_line(Exit::outcome_unknown, failure_phrase_,
                         status.empty()
                             ? failure_cause_
                             : fmt::format("{}; the VM is {} now", failure_cause_, escape(status)));
    }
    if (is_left_to_ha(finding)) return await_ha(finding, now);
    if (finding.verdict == Verdict::no_such_vm && !has_acted)
        return locate(fmt::format("GET failed for {}", subject()), finding.cause);
    if (finding.verdict != Verdict::good && !has_acted)
        return fail_line(finding, fmt::format("GET failed for {}", subject()));
    const std::string trouble =
        finding.verdict == Verdict::good ? what_is_wrong_with(finding.data()) : finding.cause;
    if (!trouble.empty() && !has_acted)
        return fail_line(Exit::unreachable, fmt::format("GET failed for {}", subject()), trouble);
    if (!trouble.empty())
        note(fmt::format("{}: done, but its state cannot be read: {}", subject(), trouble));
    const json::Value state = trouble.empty() ? finding.data() : json::Value{};
    if (plan_.action.learn != nullptr)
        if (const auto learnt = plan_.action.learn(state, record_, {}); !learnt)
            return fail_line(learnt.error().exit, learnt.error().message, "");
    return finish(state);
}

/// A good answer may still be none to what was asked.
std::string Job::what_is_wrong_with(const json::Value& state) const {
    if (!state.is(json::Kind::object)) return "the answer is no object";
    const json::Value vm_id = state["vmid"];
    if (vm_id.exists() && vm_id.text() != record_["vm_id"])
        return fmt::format("the answer is about VM {}", escape(vm_id.text()));
    return {};
}

Step Job::rows_answered(Answer& answer) {
    const Finding finding = understand_status(answer);
    const std::string phrase = std::string(plan_.action.verb) + " failed for " + subject();
    if (finding.verdict == Verdict::no_such_vm) return locate(phrase, finding.cause);
    if (finding.verdict != Verdict::good) return fail_line(finding, phrase);
    if (plan_.carries) record_.carried().add_timing(plan_.action.name, now_ - began_at_);
    record_.set("ok", "true");
    auto lines = RowLines::read(plan_, record_, answer.body);
    if (!lines) return fail_line(Exit::unreachable, phrase, lines.error().message);
    if ((*lines)->is_empty() && !plan_.action.match.field.empty())
        return locate(fmt::format("vm_id {} not found in proxmox node {}.", record_["vm_id"],
                                  record_["proxmox_node"]),
                      "");
    if ((*lines)->is_empty() && plan_.action.input.empty() && plan_.filter == nullptr)
        return ask(State::permissions, {.path = std::string(permissions_path)}, true);
    if (!asked_.shared) (*lines)->keep(std::move(answer.body));
    Ending ending = finish(std::string());
    ending.rows = std::move(*lines);
    return ending;
}

Step Job::log_answered(const Finding& finding) {
    std::vector<std::string> lines;
    finding.data().each([&](const json::Value& row) {
        const std::string_view text = row["t"].text();
        if (!text.starts_with("TASK ") && !text.empty() && text != "no content")
            lines.push_back(escape(text));
    });
    std::string cause = failure_cause_;
    const std::size_t skipped = lines.size() > shown_log_lines ? lines.size() - shown_log_lines : 0;
    for (std::size_t at = skipped; at < lines.size(); ++at)
        if (lines[at] != failure_cause_) cause += " | " + lines[at];
    return fail_line(exit_ == Exit::ok ? Exit::line_failed : exit_, failure_phrase_, cause);
}

Step Job::ask(State state, Request request, bool shared) {
    if (state != state_) tries_ = 0;
    state_ = state;
    asked_ = {.request = std::move(request), .shared = shared};
    return asked_;
}

Step Job::sleep(milliseconds pause, const Moment& now) { return Sleep{now.elapsed + pause}; }

Step Job::finish(const json::Value& row) {
    if (plan_.carries) record_.carried().add_timing(plan_.action.name, now_ - began_at_);
    record_.set("ok", exit_ == Exit::ok ? "true" : "false");
    if (exit_ != Exit::ok && !traces_.empty()) record_.set("error", traces_.back());
    return finish(plan_.action.awaits ? print_awaited(plan_, record_, row)
                                      : print_row(plan_, record_, row));
}

Ending Job::finish(std::string output) {
    change_is_open_ = false;
    std::string reason = exit_ == Exit::ok || traces_.empty() ? "" : traces_.back();
    Ending ending{.output = std::move(output),
                  .traces = std::move(traces_),
                  .exit = exit_,
                  .reason = std::move(reason)};
    if (has_created_ && plan_.keeps_journal) ending.journal = journal_entry(journal_done, upid_);
    return ending;
}

Step Job::fail_line(Exit exit, std::string_view phrase, std::string_view cause) {
    change_is_open_ = false;
    std::string text(phrase);
    if (const auto line = record_.line_number(); line > 0)
        text += fmt::format(" (line {}{}{})", line, cause.empty() ? "" : ": ", cause);
    else if (!cause.empty())
        text += fmt::format(": {}", cause);
    note(std::move(text));
    Ending ending{.traces = std::move(traces_),
                  .exit = worse(exit, exit_),
                  .reason = fmt::format("{}{}{}", phrase, cause.empty() ? "" : ": ", cause)};
    // What may still come to be is nobody's to take back; the journal knows of it.
    if (has_created_ && plan_.rolls_back && ending.exit != Exit::outcome_unknown)
        ending.undo.emplace(record_).set("vm_id", record_[plan_.action.new_id]);
    if (!has_created_ && ending.exit != Exit::outcome_unknown) ending.unused_id = own_id_;
    return ending;
}

Step Job::fail_line(const Finding& finding, std::string_view phrase) {
    const Check check = check_answer(finding, plan_.host_and_port, plan_.user);
    const Exit exit = change_is_open_ ? exit_of(finding.verdict) : exit_of_read(finding.verdict);
    Step step = fail_line(exit, phrase, check.finding);
    Ending& ending = std::get<Ending>(step);
    if (plan_.gives_advice)
        ending.advice = finding.verdict == Verdict::forbidden ? how_to_grant() : check.remedy;
    if (ends_all(finding.verdict)) ending.hopeless = check.finding;
    return step;
}

bool Job::may_ask_again(const Finding& finding, const Moment& now) const {
    if (state_ == State::act || state_ == State::recover) return false;
    return may_read_again(finding.verdict, tries_, now.elapsed - asked_at_);
}

milliseconds Job::pause_after_tries() const {
    return jittered(first_retry_pause * tries_, plan_.seed + record_.line_number());
}

std::string Job::subject() const {
    if (record_.has("vm_id")) return fmt::format("vm_id {}", record_["vm_id"]);
    return fmt::format("proxmox node {}", record_["proxmox_node"]);
}

void Job::note(std::string text) { traces_.push_back(std::move(text)); }

}  // namespace proxmox
