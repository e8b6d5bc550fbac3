// The pvedaemon of one node: three workers, and a call occupies one until it is answered.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <functional>
#include <utility>

namespace demo_node {

/// Runs at most three jobs at a time, the others in the order they came.
class Daemon {
  public:
    /// A job calls `done` exactly once, now or later.
    using Job = std::function<void(std::function<void()> done)>;

    static constexpr int workers = 3;

    void submit(Job job) {
        queue_.push_back(std::move(job));
        run();
    }

  private:
    void run() {
        // A job that is done at once must not start the next one from inside itself.
        if (std::exchange(running_, true)) return;
        while (busy_ < workers && !queue_.empty()) {
            const Job job = std::move(queue_.front());
            queue_.pop_front();
            ++busy_;
            job([this] {
                --busy_;
                run();
            });
        }
        running_ = false;
    }

    int busy_ = 0;
    bool running_ = false;
    std::deque<Job> queue_;
};

}  // namespace demo_node
