// Waiting for tasks: the node's task list is served by pveproxy itself, keeps its connection, and
// costs less than the status of a single task.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "loop/task_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "line/expand.h"
#include "line/grammar.h"

namespace proxmox {
namespace {

/// What is no text, or an empty one, is no verdict on anything.
bool says_how_it_ended(const json::Value& status) {
    return status.is(json::Kind::string) && !status.text().empty();
}

}  // namespace

void TaskWatch::add(std::uint64_t job, AwaitTask task, milliseconds now) {
    const auto upid = parse_upid(task.upid);
    Task added{.job = job,
               .upid = std::move(task.upid),
               .type = upid ? std::string(upid->type) : std::string(),
               .since = now,
               .deadline = task.deadline,
               .next_poll = now + shortest_poll_pause};
    added.next_poll = std::max(added.next_poll, std::min(first_look_at(added), added.deadline));
    tasks_.push_back(std::move(added));
}

milliseconds TaskWatch::usual_time_of(const Task& task) const {
    const auto known = usual_times_.find(task.type);
    return known == usual_times_.end() ? milliseconds{} : known->second;
}

milliseconds TaskWatch::first_look_at(const Task& task) const {
    return task.since + usual_time_of(task) * first_look_tenths / 10;
}

/// Looks that come soon after one another are one: it answers for all tasks.
milliseconds TaskWatch::next_poll_of(const Task& task) const {
    if (usual_time_of(task) == milliseconds{}) return task.next_poll;
    return std::max(task.next_poll, asked_at_ + shortest_pause_when_known);
}

void TaskWatch::learn(const Task& task, milliseconds now) {
    const milliseconds took = now - task.since;
    const auto [known, is_first] = usual_times_.try_emplace(task.type, took);
    if (!is_first) known->second = (known->second + took) / 2;
}

std::optional<milliseconds> TaskWatch::due() const {
    std::optional<milliseconds> due;
    for (const Task& task : tasks_) {
        const milliseconds next = is_asked_ ? given_up_at(task) : next_poll_of(task);
        if (!due || next < *due) due = next;
    }
    return due;
}

milliseconds TaskWatch::given_up_at(const Task& task) const {
    return std::max(task.deadline, asked_at_) + last_poll_grace;
}

std::optional<Request> TaskWatch::poll(milliseconds now) {
    if (is_asked_ || tasks_.empty() ||
        std::ranges::none_of(tasks_, [&](const Task& task) { return next_poll_of(task) <= now; }))
        return std::nullopt;
    is_asked_ = true;
    asked_at_ = now;
    const auto absent = std::ranges::find_if(tasks_, [now](const Task& task) {
        return task.absences >= absences_allowed && task.next_poll <= now;
    });
    asked_upid_ = absent == tasks_.end() ? "" : absent->upid;
    return absent == tasks_.end() ? list_request() : status_request(*absent);
}

Request TaskWatch::list_request() const {
    std::int64_t since = 0;
    for (const Task& task : tasks_) {
        const auto upid = parse_upid(task.upid);
        if (upid && (since == 0 || upid->start_time < since)) since = upid->start_time;
    }
    std::string path =
        fmt::format("/nodes/{}/tasks?source=all&since={}&limit={}", node_, since, task_list_limit);
    if (tasks_.size() == 1)
        if (const auto upid = parse_upid(tasks_.front().upid); upid && is_vm_id(upid->id))
            path += fmt::format("&vmid={}", upid->id);
    return {.method = Method::get, .path = std::move(path)};
}

Request TaskWatch::status_request(const Task& task) const {
    return {.method = Method::get,
            .path = fmt::format("/nodes/{}/tasks/{}/status", node_, percent_encode(task.upid))};
}

void TaskWatch::answered(Answer& answer, milliseconds now) {
    is_asked_ = false;
    if (asked_upid_.empty()) {
        list_answered(answer, now);
    } else {
        const auto task = std::ranges::find(tasks_, asked_upid_, &Task::upid);
        if (task != tasks_.end()) status_answered(*task, answer, now);
    }
    drop_ended();
}

void TaskWatch::list_answered(Answer& answer, milliseconds now) {
    // A poll that fails says nothing about the task.
    const Finding finding = understand_status(answer);
    if (finding.verdict != Verdict::good) return poll_failed(finding, now);
    unanswered_since_.reset();
    std::vector<std::pair<std::string, std::string>> ended;
    std::vector<std::string> seen;
    const auto visited = json::each_row(answer.body, [&](const json::Value& row) -> Outcome {
        const std::string_view upid = row["upid"].text();
        if (std::ranges::find(tasks_, upid, &Task::upid) == tasks_.end()) return {};
        seen.emplace_back(upid);
        if (row["endtime"].exists() && says_how_it_ended(row["status"]))
            ended.emplace_back(upid, row["status"].text());
        return {};
    });
    for (Task& task : tasks_) {
        const auto end_of =
            std::ranges::find(ended, task.upid, &decltype(ended)::value_type::first);
        if (visited && end_of != ended.end()) {
            learn(task, now);
            end(task, TaskEnd::How::stopped, end_of->second);
        } else {
            const bool is_absent = visited && std::ranges::find(seen, task.upid) == seen.end();
            task.absences = is_absent ? task.absences + 1 : 0;
            // Its own first look is still to come.
            const bool is_early = visited && !is_absent && first_look_at(task) > now;
            if (!is_early) schedule(task, now, visited ? shortest_poll_pause : failed_poll_pause);
        }
    }
}

void TaskWatch::poll_failed(const Finding& finding, milliseconds now) {
    if (!unanswered_since_) unanswered_since_ = now;
    for (Task& task : tasks_) {
        if (now - *unanswered_since_ >= unanswered_limit)
            end(task, TaskEnd::How::unanswered, finding.cause);
        else
            schedule(task, now, failed_poll_pause);
    }
}

void TaskWatch::status_answered(Task& task, const Answer& answer, milliseconds now) {
    const Finding finding = understand(answer);
    if (finding.verdict == Verdict::good && finding.data()["status"].text() == "stopped" &&
        says_how_it_ended(finding.data()["exitstatus"]))
        return end(task, TaskEnd::How::stopped, finding.data()["exitstatus"].text());
    const bool is_denied = finding.verdict == Verdict::refused && answer.status == 400 &&
                           finding.document.root()["errors"]["upid"].exists();
    if (is_denied && ++task.denials >= denials_allowed)
        return end(task, TaskEnd::How::vanished, {});
    // Another user's task, whose end is not for this token to see.
    if (finding.verdict == Verdict::forbidden)
        return end(task, TaskEnd::How::unanswered, finding.cause);
    schedule(task, now, finding.verdict == Verdict::good ? shortest_poll_pause : failed_poll_pause);
}

void TaskWatch::schedule(Task& task, milliseconds now, milliseconds least) {
    if (asked_at_ >= task.deadline) return end(task, TaskEnd::How::still_running, {});
    const milliseconds pause = std::clamp(pause_for(task, now), least, longest_poll_pause);
    task.next_poll = std::max(now, std::min(now + pause, task.deadline));
}

milliseconds TaskWatch::pause_for(const Task& task, milliseconds now) const {
    const milliseconds age = now - task.since, usual = usual_time_of(task);
    if (age * 2 > usual * 3) return age / age_per_pause;
    return std::max(age / age_per_pause_when_known, shortest_pause_when_known);
}

void TaskWatch::expire(milliseconds now) {
    for (const Task& task : tasks_)
        if (is_asked_ && now >= given_up_at(task)) end(task, TaskEnd::How::still_running, {});
    drop_ended();
}

void TaskWatch::end(const Task& task, TaskEnd::How how, std::string_view exit_status) {
    ended_.push_back({task.job, {how, std::string(exit_status)}});
}

void TaskWatch::drop_ended() {
    std::erase_if(tasks_, [this](const Task& task) {
        return std::ranges::find(ended_, task.job, &EndedTask::job) != ended_.end();
    });
}

std::vector<EndedTask> TaskWatch::take_ended() { return std::exchange(ended_, {}); }

}  // namespace proxmox
