// Tasks: a worker waits for its lock, begins, lasts, takes effect, and leaves its exit status.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tasks.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/options.h"

namespace demo_node {

namespace {

/// Two index files of some 500 rows: what is older is in no list any more.
constexpr std::size_t max_archive_rows = 1000;

/// Their logs and states outlive the index; this bounds the memory of long soak runs.
constexpr std::size_t max_known_tasks = 250'000;

/// A task that fails needs hardly any time; what it does is fork, look, and die.
constexpr int failing_task_ms = 5;

constexpr long centiseconds_since_boot_at_start = 340'000;

}  // namespace

Tasks::Tasks(const Options& options, Deadlines& deadlines, ConfigLocks& locks)
    : options_(options), deadlines_(deadlines), locks_(locks) {}

std::string Tasks::start(Plan plan) {
    const long vmid = plan.vmid;
    Worker& worker = add(std::move(plan));
    const std::string upid = worker.task.upid;
    if (!worker.plan.takes_lock) {
        begin(worker);
        return upid;
    }
    if (locks_.is_held(vmid)) worker.task.log.emplace_back("trying to acquire lock...");
    worker.waiting = locks_.acquire(vmid, options_.lock_wait_ms,
                                    [this, upid](bool granted) { locked(upid, granted); });
    return upid;
}

void Tasks::bury(Plan plan) {
    constexpr std::string_view nothing_said = "unexpected status";
    Worker& worker = add(std::move(plan));
    worker.plan.undo();
    end(worker, std::string(nothing_said));
}

Tasks::Worker& Tasks::add(Plan plan) {
    Task task{.upid = {}, .node = plan.node, .type = plan.type, .id = plan.id, .user = plan.user};
    task.pid = ++last_pid_;
    task.pstart =
        centiseconds_since_boot_at_start +
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - booted_).count() / 10;
    task.starttime = Clock::wall();
    task.upid = fmt::format("UPID:{}:{:08X}:{:08X}:{:08X}:{}:{}:{}:", task.node, task.pid,
                            task.pstart, task.starttime, task.type, task.id, task.user);
    active_[task.node].push_front(task.upid);
    order_.push_back(task.upid);
    Worker& worker = workers_[task.upid];
    worker.task = std::move(task);
    worker.plan = std::move(plan);
    forget_oldest();
    return worker;
}

void Tasks::locked(const std::string& upid, bool granted) {
    Worker& worker = workers_.at(upid);
    if (!granted) {
        stop(worker,
             fmt::format("can't lock file '{}' - got timeout",
                         ConfigLocks::path(*worker.plan.kind, worker.plan.vmid)),
             true);
        return;
    }
    worker.holds_lock = true;
    if (!worker.task.log.empty()) worker.task.log.emplace_back(" OK");
    begin(worker);
}

void Tasks::begin(Worker& worker) {
    const Plan::Duration duration = worker.plan.begin(worker.task);
    if (worker.holds_lock && !worker.plan.keeps_lock) {
        worker.holds_lock = false;
        locks_.release(worker.plan.vmid);
    }
    const std::string upid = worker.task.upid;
    if (duration) {
        worker.due = deadlines_.in(*duration, [this, upid] { finish(workers_.at(upid)); });
        return;
    }
    const int last_ms = std::min(failing_task_ms, options_.task_ms);
    worker.due = deadlines_.in(last_ms, [this, upid, reason = duration.error()] {
        stop(workers_.at(upid), reason, true);
    });
}

void Tasks::finish(Worker& worker) {
    const Plan::Status status = worker.plan.end(worker.task);
    stop(worker, status ? *status : status.error(), !status);
}

void Tasks::stop(Worker& worker, std::string exit_status, bool failed) {
    worker.task.log.push_back(fmt::format("TASK {}{}", failed ? "ERROR: " : "", exit_status));
    end(worker, std::move(exit_status));
}

void Tasks::end(Worker& worker, std::string exit_status) {
    Task& task = worker.task;
    task.exit_status = std::move(exit_status);
    task.running = false;
    task.endtime = Clock::wall();
    std::erase(active_[task.node], task.upid);
    auto& archive = archive_[task.node];
    archive.push_front(task.upid);
    if (archive.size() > max_archive_rows) archive.pop_back();
    const bool held = std::exchange(worker.holds_lock, false);
    const long vmid = worker.plan.vmid;
    worker.plan = {};
    // Last: the next holder of the lock begins at once, and has to find this task ended.
    if (held) locks_.release(vmid);
}

void Tasks::interrupt(const std::string& upid) {
    const auto found = workers_.find(upid);
    if (found == workers_.end() || !found->second.task.running) return;
    Worker& worker = found->second;
    if (worker.due) {
        deadlines_.cancel(*worker.due);
        worker.plan.undo();
        stop(worker, "received interrupt", true);
        return;
    }
    locks_.give_up(*worker.waiting);
    stop(worker,
         fmt::format("can't lock file '{}' - received interrupt",
                     ConfigLocks::path(*worker.plan.kind, worker.plan.vmid)),
         true);
}

const Task* Tasks::find(const std::string& upid) const {
    const auto found = workers_.find(upid);
    return found == workers_.end() ? nullptr : &found->second.task;
}

std::vector<std::string> Tasks::running(std::string_view type, long vmid) const {
    std::vector<std::string> found;
    for (const auto& [node, upids] : active_)
        for (const std::string& upid : upids)
            if (const Task& task = workers_.at(upid).task;
                task.type == type && task.id == std::to_string(vmid))
                found.push_back(upid);
    return found;
}

int Tasks::duration_ms(const std::string& type) const {
    const auto found = options_.task_ms_of_type.find(type);
    return found == options_.task_ms_of_type.end() ? options_.task_ms : found->second;
}

void Tasks::forget_oldest() {
    if (order_.size() <= max_known_tasks) return;
    const auto oldest = workers_.find(order_.front());
    if (oldest->second.task.running) return;
    std::erase(archive_[oldest->second.task.node], order_.front());
    workers_.erase(oldest);
    order_.pop_front();
}

}  // namespace demo_node
