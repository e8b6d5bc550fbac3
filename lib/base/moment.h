// A Moment is the clocks as one event saw them: jobs have no clock of their own.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <ctime>
#include <optional>

namespace proxmox {

using std::chrono::milliseconds;

/// What `elapsed` is counted on: a node's tasks go on while a laptop sleeps.
inline milliseconds time_since_boot() {
    std::timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return std::chrono::seconds(now.tv_sec) + milliseconds(now.tv_nsec / 1'000'000);
}

inline milliseconds date_now() {
    std::timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return std::chrono::seconds(now.tv_sec) + milliseconds(now.tv_nsec / 1'000'000);
}

struct Moment {
    /// Time since the run began; never jumps, and counts while the machine sleeps.
    milliseconds elapsed{};
    /// For names that people read.
    std::time_t wall = 0;
    /// The same clock, since 1970, for moments that are set beside those of other processes.
    milliseconds date{};
    /// The server's clock, as far as one of its answers has told.
    std::optional<std::time_t> server{};
};

}  // namespace proxmox
