// A task that somebody else's line has begun: awaited here, and that line brought to its end.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/awaited.h"

#include <fmt/format.h>

#include "base/escape.h"
#include "line/grammar.h"
#include "print/unfinished.h"
#include "stage/read.h"
#include "stage/task.h"

namespace proxmox {
namespace {

/// Only who asked for a change may ask for it again: whatever the task has failed with is told.
Way<void> judge_end(Line& line, TaskEnd end) {
    if (end.how == TaskEnd::How::still_running)
        co_await ends_by(failure(line, Exit::outcome_unknown, overdue_words(line)));
    if (end.how != TaskEnd::How::stopped) co_await ends_by(end_unknown(line, end));
    const std::string& words = end.exit_status;
    if (words == "OK") co_return;
    const auto upid = parse_upid(line.upid);
    const bool is_container = upid && guest_of_task(upid->type) == &lxc;
    const std::string already_runs =
        line.text(is_container ? "CT {vm_id} already running" : "VM {vm_id} already running");
    if (words.starts_with("WARNINGS: ") || words == already_runs) {
        line.note(fmt::format("{}: {}", line.subject(), escape(words)));
        co_return;
    }
    Failure failed = failure(line, Exit::line_failed, failed_phrase(line), escape(words));
    if (words == "unexpected status") {
        failed.exit = Exit::outcome_unknown;
        failed.cause = worker_died(line);
        co_await ends_by(std::move(failed));
    } else {
        co_await fail_with_log(line, std::move(failed));
    }
}

/// The state of the guest that the task was about, where the line has left that open.
Way<Printed> close_line(Line& line, const Guest& kind) {
    json::Value state;
    Finding finding;
    if (is_state_open(line.record)) {
        auto path = co_await line.path(
            fmt::format("/nodes/{{proxmox_node}}/{}/{{vm_id}}/status/current", kind.segment));
        finding = co_await ask(line, std::move(path));
        state = finding.data();
        const std::string trouble = finding.verdict == Verdict::good
                                        ? what_is_wrong_with(state, line.record)
                                        : finding.cause;
        if (!trouble.empty()) {
            state = {};
            line.note(
                fmt::format("{}: done, but its state cannot be read: {}", line.subject(), trouble));
        }
    }
    line.record.set("ok", line.exit == Exit::ok ? "true" : "false");
    co_return Printed{.output = print_awaited(line.run.printing, line.record, state)};
}

}  // namespace

Way<Printed> await_given_task(Line& line) {
    const std::string given(line.record["upid"]);
    const auto upid = parse_upid(given);
    const Guest* const known = guest_of_task(upid->type);
    const Guest& kind = known == nullptr ? qemu : *known;
    line.deadline = line.stand.elapsed() + line.run.wait;
    line.record.set("proxmox_node", upid->node);
    if (is_vm_id(upid->id)) line.record.set("vm_id", upid->id);
    line.stand.doing.subject = line.subject();
    take_task(line, given);
    TaskEnd end = co_await task_end(line);
    co_await judge_end(line, std::move(end));
    co_return co_await close_line(line, kind);
}

}  // namespace proxmox
