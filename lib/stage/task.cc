// Tasks: how one is awaited, what its end means, and why it failed.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/task.h"

#include <fmt/format.h>

#include "api/retry.h"
#include "base/escape.h"
#include "json/json.h"
#include "line/expand.h"
#include "line/grammar.h"

namespace proxmox {
namespace {

constexpr std::size_t shown_log_lines = 3;

}  // namespace

void take_task(Line& line, std::string upid) {
    line.claimed.insert(upid);
    line.record.set("upid", upid);
    line.record.set("upid_node", parse_upid(upid)->node);
    std::string raw_data = R"({"data":)";
    json::write_string(raw_data, upid);
    line.record.set("raw_data", raw_data + '}');
    line.upid = std::move(upid);
    // A task that begins late gets its own time, since a search or a slow answer may have used up
    // the line's; but only once, or a lock that is never let go would be waited for without end.
    if (*line.deadline <= line.stand.elapsed() && !line.has_extended_deadline) {
        line.has_extended_deadline = true;
        line.deadline = line.stand.elapsed() + line.run.wait;
    }
}

Way<TaskEnd> task_end(Line& line) {
    Doing& doing = line.stand.doing;
    doing.task = line.upid;
    doing.waits_for = fmt::format("task {}", parse_upid(line.upid)->type);
    doing.reply_is_due = false;
    if (doing.change_is_open)
        doing.when_cut_short =
            fmt::format("{}: still running: {}", line.subject(), escape(line.upid)) +
            (line.record.line_number() > 0 ? fmt::format(" (line {})", line.record.line_number())
                                           : "");
    AwaitTask task{line.upid, *line.deadline};
    TaskEnd end = co_await line.stand.told<TaskEnd>(std::move(task));
    doing.task.clear();
    co_return end;
}

std::string failed_phrase(const Line& line) {
    return fmt::format("{} failed for {}", line.run.words.verb, line.subject());
}

std::string overdue_words(const Line& line) {
    Record shown = line.record;
    shown.set("wait", std::to_string(std::chrono::duration_cast<seconds>(line.run.wait).count()));
    return escape(expand_text(line.run.words.overdue, shown));
}

std::string worker_died(const Line& line) {
    const Guest* const kind = line.run.subject.guest;
    if (kind == nullptr) return "the worker died, what it has done is unknown";
    return fmt::format("the worker died, the state of the {} is unknown", kind->word);
}

Failure end_unknown(Line& line, const TaskEnd& end) {
    Failure failed = failure(
        line, Exit::outcome_unknown,
        fmt::format("{} {}: outcome unknown", line.run.words.verb, line.subject()),
        end.how == TaskEnd::How::vanished
            ? fmt::format("the node no longer knows task {}", escape(line.upid))
            : fmt::format("nothing is learnt of task {}: {}", escape(line.upid), end.exit_status));
    if (line.run.subject.guest != nullptr) failed.kind = Failure::Kind::state_would_help;
    return failed;
}

Way<void> fail_with_log(Line& line, Failure failed) {
    const auto upid = parse_upid(line.upid);
    const Finding log =
        co_await ask(line, fmt::format("/nodes/{}/tasks/{}/log?limit={}", upid->node,
                                       percent_encode(line.upid), log_lines_limit));
    std::vector<std::string> lines;
    log.data().each([&](const json::Value& row) {
        const std::string_view words = row["t"].text();
        if (!words.starts_with("TASK ") && !words.empty() && words != "no content")
            lines.push_back(escape(words));
    });
    std::string cause = failed.cause;
    const std::size_t skipped = lines.size() > shown_log_lines ? lines.size() - shown_log_lines : 0;
    for (std::size_t at = skipped; at < lines.size(); ++at)
        if (lines[at] != failed.cause) cause += " | " + lines[at];
    failed.cause = std::move(cause);
    co_await ends_by(std::move(failed));
}

}  // namespace proxmox
