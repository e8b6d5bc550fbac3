// Waiting for tasks: one question to a node answers for all tasks that are awaited there.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: the limits of waiting stand beside what they limit.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/api.h"
#include "api/exchange.h"
#include "way/want.h"

namespace proxmox {

/// A poll comes when a fifth of a task's age has passed again, within these bounds.
inline constexpr int age_per_pause = 5;
inline constexpr milliseconds shortest_poll_pause{10};
inline constexpr milliseconds longest_poll_pause{500};
/// Where tasks of its type have ended in this run, the first poll comes when nine tenths of their
/// time have passed: a node does not run polls and guests with the same core at once. From then on
/// one comes after each twentieth, as long as the task takes no longer than half as much again.
inline constexpr int first_look_tenths = 9;
inline constexpr int age_per_pause_when_known = 20;
inline constexpr milliseconds shortest_pause_when_known{40};
inline constexpr milliseconds failed_poll_pause{250};
/// A poll that is under way when the last deadline passes may take this much longer. A deadline
/// alone is no verdict: a look at the task that began after it decides, since this process may
/// have stood still for longer than that.
inline constexpr milliseconds last_poll_grace{1'000};
inline constexpr int task_list_limit = 500;
/// Absences from the node's list after which a task is asked for by its id.
inline constexpr int absences_allowed = 2;
/// Polls that fail for so long: what became of the tasks will not be learnt.
inline constexpr milliseconds unanswered_limit{60'000};
/// "no such task" that many times: it is gone.
inline constexpr int denials_allowed = 3;

struct EndedTask {
    std::uint64_t job = 0;
    TaskEnd end{};
};

/// The tasks awaited on one node. It has no clock and sends nothing itself.
class TaskWatch {
  public:
    explicit TaskWatch(std::string node) : node_(std::move(node)) {}

    void add(std::uint64_t job, AwaitTask task, milliseconds now);
    /// When `poll` or `expire` has something to do; nothing when no task is awaited.
    std::optional<milliseconds> due() const;
    /// The next question, if one is due; its answer must come back before the next.
    std::optional<Request> poll(milliseconds now);
    void answered(Answer& answer, milliseconds now);
    void expire(milliseconds now);
    std::vector<EndedTask> take_ended();

  private:
    struct Task {
        std::uint64_t job;
        std::string upid;
        std::string type;
        milliseconds since;
        milliseconds deadline;
        milliseconds next_poll;
        int absences = 0;
        int denials = 0;
    };

    /// When a poll that is under way is no longer waited for.
    milliseconds given_up_at(const Task& task) const;
    Request list_request() const;
    Request status_request(const Task& task) const;
    void list_answered(Answer& answer, milliseconds now);
    void status_answered(Task& task, const Answer& answer, milliseconds now);
    void poll_failed(const Finding& finding, milliseconds now);
    void schedule(Task& task, milliseconds now, milliseconds least = shortest_poll_pause);
    milliseconds pause_for(const Task& task, milliseconds now) const;
    void learn(const Task& task, milliseconds now);
    milliseconds usual_time_of(const Task& task) const;
    milliseconds first_look_at(const Task& task) const;
    milliseconds next_poll_of(const Task& task) const;
    void end(const Task& task, TaskEnd::How how, std::string_view exit_status);
    void drop_ended();

    std::string node_;
    std::vector<Task> tasks_;
    /// What tasks of a type have taken on this node, the latest ones counting most.
    std::map<std::string, milliseconds, std::less<>> usual_times_;
    std::vector<EndedTask> ended_;
    bool is_asked_ = false;
    std::optional<milliseconds> unanswered_since_{};
    milliseconds asked_at_{};
    std::string asked_upid_;  // empty while the list is asked for
};

}  // namespace proxmox
