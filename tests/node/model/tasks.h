// Tasks: workers with a UPID that take time, hold a lock, write a log, and end in some way.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/config_locks.h"
#include "model/deadlines.h"
#include "model/task.h"

namespace demo_node {

struct Options;

/// All tasks, running and ended; what a node lists is what it would find in its index files.
class Tasks {
  public:
    Tasks(const Options& options, Deadlines& deadlines, ConfigLocks& locks);

    /// Starts a task and gives its UPID; whether it succeeds is known only later.
    std::string start(Plan plan);
    /// Lists a task whose worker died before it did or wrote anything.
    void bury(Plan plan);
    const Task* find(const std::string& upid) const;
    void interrupt(const std::string& upid);

    /// Running tasks of a type on one VM, as UPIDs.
    std::vector<std::string> running(std::string_view type, long vmid) const;

    /// The UPIDs of a node's tasks, newest first.
    const std::deque<std::string>& active(const std::string& node) { return active_[node]; }
    const std::deque<std::string>& archive(const std::string& node) { return archive_[node]; }

    int duration_ms(const std::string& type) const;

  private:
    struct Worker {
        Task task;
        Plan plan;
        std::optional<ConfigLocks::Ticket> waiting{};
        std::optional<Deadlines::Id> due{};
        bool holds_lock = false;
    };

    Worker& add(Plan plan);
    void locked(const std::string& upid, bool granted);
    void begin(Worker& worker);
    void finish(Worker& worker);
    void stop(Worker& worker, std::string exit_status, bool failed);
    void end(Worker& worker, std::string exit_status);
    void forget_oldest();

    const Options& options_;
    Deadlines& deadlines_;
    ConfigLocks& locks_;
    Clock::time_point booted_ = Clock::now();
    int last_pid_ = 0x97d;
    std::unordered_map<std::string, Worker> workers_;
    std::deque<std::string> order_;
    std::unordered_map<std::string, std::deque<std::string>> active_;
    std::unordered_map<std::string, std::deque<std::string>> archive_;
};

}  // namespace demo_node
