// Replies: what an answer to a change says of it, and what it only seems to say.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/reply.h"

#include "line/grammar.h"
#include "stage/lost.h"

namespace proxmox {
namespace {

constexpr int status_of_success = 200;

/// An answer may be anybody's: another guest's, or one that an earlier line has had already.
bool names_our_task(const Line& line, const Change& change, std::string_view text) {
    const auto upid = parse_upid(text);
    if (!upid || line.claimed.contains(text)) return false;
    return is_task_of(*upid, node_of_tasks(line), task_id_of(line, change));
}

bool may_answer_null(const Change& change) {
    return change.method == Method::put || change.may_be_done_at_once ||
           (change.tasks.size() == 0 && change.bare_task.empty());
}

}  // namespace

bool began_as_success(const Answer& answer) {
    return answer.status == status_of_success &&
           answer.content_type.starts_with("application/json");
}

Reply reply_of(const Line& line, const Change& change, const Finding& finding,
               const Answer& answer) {
    if (finding.verdict == Verdict::good) {
        const json::Value data = finding.data();
        if (names_our_task(line, change, data.text())) return {Reply::How::has_task};
        if (may_answer_null(change) && data.is(json::Kind::null)) return {Reply::How::done};
        return {Reply::How::lost, "the answer names no task that can be its own"};
    }
    const bool is_unreadable =
        finding.verdict == Verdict::not_proxmox && answer.status == status_of_success;
    if (finding.verdict != Verdict::unknown && !is_unreadable) return {Reply::How::nothing_ran};
    return {Reply::How::lost, finding.cause};
}

}  // namespace proxmox
