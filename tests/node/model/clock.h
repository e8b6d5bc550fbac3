// The clock of a stand-in node: that of its machine, unless a test has taken it in hand.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <ctime>

namespace demo_node {

/// All that the model counts goes by it: uptimes, times of tasks and snapshots, what is due.
class Clock {
  public:
    using time_point = std::chrono::steady_clock::time_point;

    static time_point now();
    /// The time of day.
    static std::time_t wall();

    /// For tests: from now on it is `wall`, and no time passes but what `pass` lets pass.
    static void hold(std::time_t wall);
    static void pass(std::chrono::milliseconds time);
};

}  // namespace demo_node
