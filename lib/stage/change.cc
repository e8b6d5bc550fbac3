// Changes: the request that must be sent at most once, what becomes of it, and its task.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: what a reply, a lost one and the end of a task can mean belongs together.
#include "stage/change.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/retry.h"
#include "base/escape.h"
#include "line/grammar.h"
#include "line/parameters.h"
#include "stage/journal.h"
#include "stage/lost.h"
#include "stage/rehearsal.h"
#include "stage/reply.h"
#include "stage/task.h"

namespace proxmox {
namespace {

/// One change under way: what has been tried, and when it was sent last.
struct Sending {
    int tries = 0;
    std::string_view left_out{};
    milliseconds sent_at{};
    TasksBefore before{};
    int workers_tried = 0;
    std::optional<milliseconds> locked_since{};
};

bool may_wait_for_lock(const Line& line, Sending& sending) {
    if (!sending.locked_since) sending.locked_since = line.stand.elapsed();
    return line.stand.elapsed() + lock_pause < *sending.locked_since + line.run.lock_patience;
}

Reached<Request> request_of(Line& line, const Change& change, std::string_view left_out) {
    const auto unsendable = [&line](const Error& error) {
        return ends_by(failure(line, Exit::line_failed, line.subject(), error.message));
    };
    auto path = line.path(change.path);
    if (!path) return unsendable(path.error());
    const auto parameters = parameters_of(change.body, line.record, left_out);
    Request request{.method = change.method, .path = std::move(*path), .limit = change_limit};
    if (change.body.encoding == Encoding::json) {
        request.body = json_of(parameters);
        request.body_is_json = true;
        return request;
    }
    auto form = form_of(parameters);
    if (!form) return unsendable(form.error());
    if (change.method == Method::del && !form->empty())
        request.path += '?' + *form;
    else
        request.body = std::move(*form);
    return request;
}

std::string no_upid_phrase(const Line& line, const Answer& answer) {
    std::string snapshot;
    if (line.record.has("vm_snapshot_name"))
        snapshot = fmt::format(" snap '{}'", escape(line.record["vm_snapshot_name"]));
    return fmt::format("{} did not return a UPID for {}{}. response: {}", line.run.words.verb,
                       line.subject(), snapshot, escape(answer.body));
}

void open_change(Line& line, const Change& change, int tries) {
    Doing& doing = line.stand.doing;
    doing.change_is_open = doing.reply_is_due = true;
    doing.waits_for = fmt::format("{}, try {}", line.run.words.verb, tries + 1);
    doing.when_cut_short =
        fmt::format("{}: interrupted; the request may run on the server ({}check with: {})",
                    line.subject(), line.place(), how_to_check(line, change));
}

/// While it is asked for again, nothing of it is under way.
void close_change(Line& line) {
    Doing& doing = line.stand.doing;
    doing.change_is_open = doing.reply_is_due = false;
    doing.when_cut_short.clear();
}

/// How long until the change is asked for again although nothing of it ran; nothing: it is not.
std::optional<milliseconds> pause_before_retry(const Line& line, const Change& change,
                                               const Finding& finding, Sending& sending) {
    const bool may_connect = finding.verdict == Verdict::unreachable &&
                             sending.tries + 1 < connect_tries &&
                             line.stand.elapsed() - sending.sent_at < connect_retry_window;
    const bool may_relay = finding.verdict == Verdict::cut_off && sending.tries == 0;
    if (may_connect || may_relay) {
        ++sending.tries;
        return may_relay ? relay_pause : line.jittered_pause(first_retry_pause * sending.tries);
    }
    if (finding.verdict == Verdict::lock_busy && may_wait_for_lock(line, sending))
        return line.jittered_pause(lock_pause);
    if (finding.verdict == Verdict::no_worker && ++sending.workers_tried < worker_tries)
        return line.jittered_pause(first_retry_pause * sending.workers_tried);
    for (const Parameter& parameter : change.body.parameters) {
        const bool is_unknown = finding.document.root()["errors"][parameter.key].exists();
        if (!parameter.may_be_left_out || !is_unknown || !sending.left_out.empty()) continue;
        sending.left_out = parameter.key;
        return milliseconds{0};
    }
    return std::nullopt;
}

/// What a task that has failed says of it, and whether it is worth another try.
struct TaskVerdict {
    enum class How : std::uint8_t { ended, again };
    How how = How::ended;
    Made made{};
};

TaskVerdict judge_task(Line& line, const Change& change, const std::string& words,
                       Sending& sending) {
    const bool was_so = words == line.text(change.settled);
    if (words.starts_with("WARNINGS: ") || was_so) {
        line.note(fmt::format("{}: {}", line.subject(), escape(words)));
        return {.made = {.was_so = was_so}};
    }
    const Verdict verdict = verdict_of_task_error(words);
    if (verdict == Verdict::lock_busy && may_wait_for_lock(line, sending))
        return {TaskVerdict::How::again};
    const std::string phrase = failed_phrase(line);
    Failure failed = verdict == Verdict::no_such_vm
                         ? guest_missing(line, phrase, escape(words))
                         : failure(line, Exit::line_failed, phrase, escape(words));
    if (words == "unexpected status") {
        failed.exit = Exit::outcome_unknown;
        failed.cause = worker_died(line);
        if (line.run.subject.guest != nullptr) failed.kind = Failure::Kind::state_would_help;
    }
    return {.made = {Made::How::refused, std::move(failed), words, true}};
}

/// What one try at a change has come to: its end, its task, or another try.
struct Try {
    enum class How : std::uint8_t {
        made,
        has_task,
        /// One was found that can be its own, since the reply was lost.
        may_have_task,
        again,
    };
    How how = How::made;
    Made made{};
};

/// Nothing of it ran: it is sent again where that may help, or else was refused.
Way<Try> take_refusal(Line& line, const Change& change, Finding finding, std::string phrase,
                      Sending& sending) {
    close_change(line);
    if (change.creates) line.has_created = false;
    if (!change.settled.empty() && finding.cause == line.text(change.settled)) {
        line.note(fmt::format("{}: {}", line.subject(), finding.cause));
        Try was_so{.made = {.was_so = true}};
        co_return was_so;
    }
    const auto wait = pause_before_retry(line, change, finding, sending);
    Try outcome{.how = Try::How::again};
    const bool may_have_begun =
        wait && finding.verdict == Verdict::no_worker && !change.proof.needs_task();
    Shown shown = Shown::no;
    if (may_have_begun) shown = co_await see_effect(line, change, sending.sent_at);
    if (shown == Shown::yes) co_return Try{};
    if (wait && *wait > milliseconds{0}) co_await pause_for(line, *wait);
    if (wait) co_return outcome;
    Failure failed = finding.verdict == Verdict::no_such_vm
                         ? guest_missing(line, std::move(phrase), finding)
                         : failure(line, finding, std::move(phrase));
    outcome = {Try::How::made, {Made::How::refused, std::move(failed), finding.cause, false}};
    co_return outcome;
}

/// Its reply proves nothing. What only sets a state may be sent again; what starts something may
/// not, and is looked for.
Way<Try> take_loss(Line& line, const Change& change, LostReply reply, Sending& sending) {
    Try outcome{.how = Try::How::again};
    const bool only_sets = change.method == Method::put && task_types_of(line, change).empty();
    if (only_sets && sending.tries + 1 < read_tries && line.stand.elapsed() < line.deadline) {
        ++sending.tries;
        co_await pause_for(line, line.jittered_pause(first_retry_pause * sending.tries));
        co_return outcome;
    }
    const FoundBy found = co_await find_lost(line, change, std::move(reply), sending.before);
    outcome.how = found == FoundBy::task ? Try::How::may_have_task : Try::How::made;
    co_return outcome;
}

Way<Try> send(Line& line, const Change& change, Sending& sending) {
    Request request = co_await request_of(line, change, sending.left_out);
    Ask question{.request = std::move(request)};
    sending.sent_at = line.stand.elapsed();
    open_change(line, change, sending.tries);
    if (change.creates) co_await note_beginning(line);
    const Answer& answer = *co_await line.stand.told<Answer*>(std::move(question));
    Finding finding = understand(answer);
    sending.sent_at = line.stand.elapsed() - answer.took;
    // What begins no task is not waited for, but it may be asked for again.
    const milliseconds patience = line.run.wait > milliseconds{0} ? line.run.wait : change_limit;
    if (!line.deadline) line.deadline = sending.sent_at + patience;

    const Reply reply = reply_of(line, change, finding, answer);
    if (reply.how != Reply::How::nothing_ran) line.stand.doing.has_changed = true;
    if (reply.how == Reply::How::nothing_ran) {
        std::string phrase = no_upid_phrase(line, answer);
        co_return co_await take_refusal(line, change, std::move(finding), std::move(phrase),
                                        sending);
    }
    if (reply.how == Reply::How::lost) {
        LostReply lost{reply.why_lost, sending.sent_at, began_as_success(answer)};
        co_return co_await take_loss(line, change, std::move(lost), sending);
    }
    Try outcome;
    if (reply.how == Reply::How::has_task) {
        take_task(line, std::string(finding.data().text()));
        outcome.how = Try::How::has_task;
    }
    co_return outcome;
}

}  // namespace

Way<Made> attempt(Line& line, const Change& change) {
    Made made;
    if (line.is_rehearsed) {
        rehearse(line, change);
        for (const std::string_view key : {"upid", "upid_node"}) stand_for_itself(line.record, key);
        co_return made;
    }
    Sending sending;
    sending.before = co_await see_tasks_before(line, change);
    while (true) {
        Try outcome = co_await send(line, change, sending);
        if (outcome.how == Try::How::again) continue;
        if (outcome.how == Try::How::made) co_return std::move(outcome.made);
        if (line.run.is_asynchronous && outcome.how == Try::How::has_task) {
            made.how = Made::How::accepted;
            co_return made;
        }
        const TaskEnd end = co_await task_end(line);
        if (end.how == TaskEnd::How::still_running) {
            line.exit = Exit::outcome_unknown;
            made.how = Made::How::still_running;
            co_return made;
        }
        if (end.how != TaskEnd::How::stopped) co_return ends_by(end_unknown(line, end));
        TaskVerdict verdict;
        if (end.exit_status != "OK") verdict = judge_task(line, change, end.exit_status, sending);
        const bool is_to_show = outcome.how == Try::How::may_have_task &&
                                change.proof.shows != nullptr && !verdict.made.is_refused();
        Shown shown = Shown::yes;
        if (is_to_show) shown = co_await see_effect(line, change, sending.sent_at);
        if (shown != Shown::yes) co_return ends_by(not_shown(line, change, "its reply was lost"));
        if (verdict.how == TaskVerdict::How::ended) co_return std::move(verdict.made);
        close_change(line);
        co_await pause_for(line, line.jittered_pause(lock_pause));
    }
}

Way<void> explain(Line& line, Made made) {
    if (made.had_task && made.failure.kind == Failure::Kind::other)
        co_await fail_with_log(line, std::move(made.failure));
    else
        co_await ends_by(std::move(made.failure));
}

Way<Made> make(Line& line, const Change& change) {
    Made made = co_await attempt(line, change);
    if (!made.is_refused()) co_return made;
    co_await explain(line, std::move(made));
    co_return Made{};
}

Way<HeldTurn> take_turn(Line& line, std::string turn) {
    if (line.is_rehearsed) co_return HeldTurn{};
    line.stand.doing.waits_for = "its turn";
    AwaitTurn wanted{std::move(turn)};
    co_return co_await line.stand.told<HeldTurn>(std::move(wanted));
}

}  // namespace proxmox
