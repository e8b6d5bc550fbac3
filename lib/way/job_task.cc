// A Job's task: how it is awaited, what its end means, and what is left to HA.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "base/escape.h"
#include "line/expand.h"
#include "line/grammar.h"
#include "way/job.h"
#include "api/retry.h"
#include "line/rows.h"
#include "line/unfinished.h"

namespace proxmox {

Step Job::await(std::string_view upid, const Moment& now) {
    upid_ = upid;
    claimed_.insert(upid_);
    record_.set("upid", upid_);
    std::string raw_data = R"({"data":)";
    json::write_string(raw_data, upid_);
    record_.set("raw_data", raw_data + '}');
    state_ = State::task;
    // A task that begins late gets its own time, since a search or a slow answer may have used up
    // the line's; but only once, or a lock that is never let go would be waited for without end.
    if (*deadline_ <= now.elapsed && !has_extended_deadline_) {
        has_extended_deadline_ = true;
        deadline_ = now.elapsed + plan_.wait;
    }
    if (plan_.is_asynchronous) return finish(print_accepted(plan_, record_));
    return AwaitTask{upid_, *deadline_};
}

Step Job::await_given_task(const Moment& now) {
    const std::string given(record_["upid"]);
    const auto upid = parse_upid(given);
    deadline_ = now.elapsed + plan_.wait;
    record_.set("proxmox_node", upid->node);
    if (is_vm_id(upid->id)) record_.set("vm_id", upid->id);
    return await(given, now);
}

Step Job::task_ended(const TaskEnd& end, const Moment& now) {
    now_ = now.elapsed;
    if (end.how == TaskEnd::How::stopped) {
        if (end.exit_status != "OK") return task_stopped_badly(end.exit_status, now);
        return ask_next_act(now);
    }
    exit_ = Exit::outcome_unknown;
    if (end.how != TaskEnd::How::still_running) {
        failure_phrase_ = fmt::format("{} {}: outcome unknown", plan_.action.verb, subject());
        failure_cause_ =
            end.how == TaskEnd::How::vanished
                ? fmt::format("the node no longer knows task {}", escape(upid_))
                : fmt::format("nothing is learnt of task {}: {}", escape(upid_), end.exit_status);
        if (plan_.action.awaits) return fail_line(exit_, failure_phrase_, failure_cause_);
        return fail_with_state();
    }
    Record shown = record_;
    shown.set("wait", std::to_string(std::chrono::duration_cast<seconds>(plan_.wait).count()));
    std::string overdue = escape(expand_text(plan_.action.overdue, shown));
    // What is still open stays open: the same line can be awaited again.
    if (plan_.action.awaits) return fail_line(exit_, overdue, "");
    if (!may_tell_of_overdue()) return fail_line(exit_, overdue, "");
    note(std::move(overdue));
    return ask_read();
}

/// No line may say that something is done while it may still be under way: where what is printed
/// is not the VM's state, only upstream's tools do.
bool Job::may_tell_of_overdue() const {
    const bool tells_state = !plan_.action.read.empty() && plan_.action.new_id.empty();
    return tells_state || (!plan_.action.carries && act().method != Method::del);
}

/// The failure is told together with what the VM is now, where the action can read that.
Step Job::fail_with_state() {
    if (plan_.action.read.empty()) return fail_line(exit_, failure_phrase_, failure_cause_);
    return ask_read();
}

Step Job::task_stopped_badly(const std::string& text, const Moment& now) {
    if (text.starts_with("WARNINGS: ") || text == expand_text(plan_.action.settled, record_)) {
        note(fmt::format("{}: {}", subject(), escape(text)));
        return ask_next_act(now);
    }
    // Only who asked for the change may ask for it again, or look for its VM.
    const Verdict verdict = plan_.action.awaits ? Verdict::refused : verdict_of_task_error(text);
    const std::string phrase = fmt::format("{} failed for {}", plan_.action.verb, subject());
    if (verdict == Verdict::no_such_vm) return locate(phrase, escape(text));
    if (verdict == Verdict::lock_busy && now.elapsed + lock_pause < *deadline_)
        return act_again(lock_pause, now);
    if (may_take_next_id(text)) {
        ++ids_tried_;
        return take_next_id(now);
    }
    if (name_is_ours_ && text.starts_with("snapshot name ") && text.ends_with("already used") &&
        ++names_tried_ < name_tries) {
        for (const std::string_view key : {"vm_snapshot_name", "vm_snapshot_description"})
            if (key == "vm_snapshot_name" || description_is_ours_) record_.set(key, "");
        return ask_looks(now);
    }
    change_is_open_ = false;
    failure_phrase_ = phrase;
    failure_cause_ = escape(text);
    if (text == "unexpected status") {
        exit_ = Exit::outcome_unknown;
        failure_cause_ = "the worker died, the state of the VM is unknown";
        return fail_with_state();
    }
    const auto upid = parse_upid(upid_);
    return ask(State::log, {.path = fmt::format("/nodes/{}/tasks/{}/log?limit={}", upid->node,
                                                percent_encode(upid_), log_lines_limit)});
}

/// An HA task that ended well has only recorded what is wanted.
bool Job::is_left_to_ha(const Finding& finding) const {
    const auto upid = parse_upid(upid_);
    return upid && upid->type.starts_with("ha") && exit_ == Exit::ok &&
           finding.data()["status"].text() != plan_.action.reaches;
}

Step Job::await_ha(const Finding& finding, const Moment& now) {
    if (now.elapsed < *deadline_)
        return sleep(jittered(ha_pause, plan_.seed + record_.line_number()), now);
    exit_ = Exit::outcome_unknown;
    note(fmt::format("{}: HA has taken the request, but the VM is not {} within {}s", subject(),
                     plan_.action.reaches,
                     std::chrono::duration_cast<seconds>(plan_.wait).count()));
    return finish(print_row(plan_, record_, finding.data()));
}

}  // namespace proxmox
