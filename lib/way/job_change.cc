// A Job's change: the request that must be sent at most once, and its reply, be it lost.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "base/escape.h"
#include "line/expand.h"
#include "line/grammar.h"
#include "way/job.h"
#include "factory/journal.h"
#include "way/recovery.h"
#include "api/retry.h"

namespace proxmox {

const Act& Job::act() const {
    return act_at_ == 0 ? plan_.action.act : plan_.action.then.begin()[act_at_ - 1];
}

Step Job::ask_next_act(const Moment& now) {
    ++act_at_;
    return ask_act(now);
}

Step Job::ask_act(const Moment& now) {
    while (act_at_ <= plan_.action.then.size() && !act().when.empty() && !record_.has(act().when))
        ++act_at_;
    if (act_at_ > plan_.action.then.size() || act().method == Method::none) return ask_read();
    auto path = expand_path(act().path, record_);
    if (!path) return fail_line(Exit::line_failed, subject(), path.error().message);
    if (!act().turn.empty() && !has_turn_) {
        state_ = State::turn;
        return AwaitTurn{expand_text(act().turn, record_)};
    }
    Request request{.method = act().method,
                    .path = std::move(*path),
                    .body = expand_form(act().form, record_, left_out_parameter_),
                    .limit = change_limit};
    if (act().method == Method::del && !request.body.empty())
        request.path += '?' + std::exchange(request.body, {});
    acted_at_ = now.elapsed;
    change_is_open_ = true;
    Step step = ask(State::act, std::move(request));
    if (act().creates && plan_.keeps_journal)
        std::get<Ask>(step).journal = journal_entry(journal_begins);
    has_created_ = has_created_ || act().creates;
    return step;
}

Step Job::act_answered(const Finding& finding, const Answer& answer, const Moment& now) {
    acted_at_ = now.elapsed - answer.took;
    if (!deadline_) deadline_ = acted_at_ + plan_.wait;
    switch (finding.verdict) {
        case Verdict::good:
            if (names_our_task(finding.data().text())) return await(finding.data().text(), now);
            if (act().method == Method::put && finding.data().is(json::Kind::null))
                return ask_next_act(now);
            return recover("the answer names no task that can be its own", now);
        case Verdict::unknown: return recover(finding.cause, now);
        case Verdict::not_proxmox:
            if (answer.status == 200) return recover(finding.cause, now);
            break;
        default: break;
    }
    // From here on it is proven that nothing ran.
    change_is_open_ = false;
    if (act().creates) has_created_ = false;
    if (may_take_next_id(finding.cause)) {
        ++ids_tried_;
        return take_next_id(now);
    }
    const bool may_connect = finding.verdict == Verdict::unreachable &&
                             tries_ + 1 < connect_tries &&
                             now.elapsed - acted_at_ < connect_retry_window;
    const bool may_relay = finding.verdict == Verdict::cut_off && tries_ == 0;
    if (may_connect || may_relay) {
        ++tries_;
        return sleep(may_relay ? relay_pause : pause_after_tries(), now);
    }
    if (finding.verdict == Verdict::lock_busy && now.elapsed + lock_pause < *deadline_)
        return act_again(lock_pause, now);
    if (finding.verdict == Verdict::no_such_vm)
        return locate(no_upid_phrase(answer), finding.cause);
    for (const Parameter& parameter : act().form) {
        const bool is_unknown = finding.document.root()["errors"][parameter.key].exists();
        if (!parameter.may_be_left_out || !is_unknown || !left_out_parameter_.empty()) continue;
        left_out_parameter_ = parameter.key;
        return ask_act(now);
    }
    return fail_line(finding, no_upid_phrase(answer));
}

/// An answer may be anybody's: another VM's, or one that an earlier line has had already.
bool Job::names_our_task(std::string_view text) const {
    const auto upid = parse_upid(text);
    return upid && is_task_of(*upid, record_["proxmox_node"], record_[act().task_of]) &&
           !claimed_.contains(text);
}

/// "already exists" costs a try, and another VM's name is no reason to take its id.
bool Job::may_take_next_id(std::string_view cause) const {
    return own_id_ && act().creates && ids_tried_ < id_tries &&
           cause.find(fmt::format(" {} already exists", *own_id_)) != std::string_view::npos;
}

Step Job::act_again(milliseconds pause, const Moment& now) {
    change_is_open_ = false;
    state_ = State::act;
    return sleep(jittered(pause, plan_.seed + record_.line_number()), now);
}

LostChange Job::lost_change(const Moment& now) const {
    return {record_["proxmox_node"], record_[act().task_of], plan_.user, act().task_types,
            now.elapsed - acted_at_};
}

Step Job::recover(std::string_view cause, const Moment& now) {
    // What sets a state may be sent again; only what starts something may not.
    if (act().method == Method::put && tries_ + 1 < read_tries && now.elapsed < deadline_) {
        ++tries_;
        return sleep(pause_after_tries(), now);
    }
    lost_because_ = cause;
    recover_until_ = now.elapsed + recovery_limit;
    tries_ = 0;
    const LostChange lost = lost_change(now);
    return ask(State::recover, ask_for_tasks(lost, now.server));
}

Step Job::recover_answered(const Finding& finding, const Answer& answer, const Moment& now) {
    const LostChange lost = lost_change(now);
    Found found;
    if (finding.verdict == Verdict::good && answer.date)
        found = find_task(finding.data(), lost, *answer.date, claimed_);
    if (found.count == 1) {
        note(fmt::format("{}: the reply was lost ({}), found its task {}", subject(), lost_because_,
                         escape(found.upid)));
        return await(found.upid, now);
    }
    const milliseconds pause =
        jittered(std::min(first_recovery_pause * (1 << std::min(tries_, 2)), longest_retry_pause),
                 plan_.seed + record_.line_number());
    if (found.count == 0 && now.elapsed + pause < recover_until_) {
        ++tries_;
        asked_.request = ask_for_tasks(lost, answer.date ? answer.date : now.server);
        return sleep(pause, now);
    }
    return fail_line(
        Exit::outcome_unknown,
        fmt::format("{} {}: outcome unknown, the request was sent and {}", plan_.action.verb,
                    subject(),
                    found.count == 0 ? "no task of it was found" : "several tasks could be it"),
        fmt::format("{}; check with: {}", lost_because_, how_to_check()));
}

std::string Job::journal_entry(std::string_view state, std::string_view upid) const {
    return journal_line(state, plan_.action, record_, upid);
}

std::string_view Job::awaited_task() const {
    return state_ == State::task ? std::string_view(upid_) : std::string_view();
}

std::string Job::waits_for() const {
    switch (state_) {
        case State::task: return fmt::format("task {}", parse_upid(upid_)->type);
        case State::recover: return "looks for its task";
        case State::act: return fmt::format("{}, try {}", plan_.action.verb, tries_ + 1);
        case State::turn: return "its turn";
        case State::nodes:
        case State::guard:
        case State::id:
        case State::look:
        case State::log:
        case State::read:
        case State::locate:
        case State::permissions: break;
    }
    return "the node's answer";
}

std::string Job::when_cut_short() const {
    const auto line = record_.line_number();
    if (!upid_.empty() && change_is_open_)
        return fmt::format("{}: still running: {} (line {})", subject(), escape(upid_), line);
    if (change_is_open_)
        return fmt::format(
            "{}: interrupted; the request may run on the server (line {}: check with: {})",
            subject(), line, how_to_check());
    return fmt::format("{}: interrupted (line {})", subject(), line);
}

std::string Job::how_to_check() const {
    return fmt::format("pvesh get /nodes/{}/tasks --source all --vmid {}", record_["proxmox_node"],
                       record_["vm_id"]);
}

std::string Job::no_upid_phrase(const Answer& answer) const {
    std::string snapshot;
    if (record_.has("vm_snapshot_name"))
        snapshot = fmt::format(" snap '{}'", escape(record_["vm_snapshot_name"]));
    return fmt::format("{} did not return a UPID for {}{}. response: {}", plan_.action.verb,
                       subject(), snapshot, escape(answer.body));
}

}  // namespace proxmox
