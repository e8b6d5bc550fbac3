// The queue of things that are due at a later time.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "model/clock.h"

namespace demo_node {

/// Runs actions in the order of their due times; nothing in this program ever sleeps.
class Deadlines {
  public:
    using Id = std::pair<Clock::time_point, std::uint64_t>;

    Id in(int delay_ms, std::function<void()> action);
    void cancel(const Id& id);

    /// Runs what is due by now, including what these actions add for this very moment.
    void run_due();

    /// Milliseconds until the next action, rounded up; -1 when there is none.
    int next_ms() const;

  private:
    std::map<Id, std::function<void()>> actions_;
    std::uint64_t last_ = 0;
};

}  // namespace demo_node
