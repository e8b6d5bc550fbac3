// Executions: what a program is started with, and what became of it.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "secret.h"

namespace proxmox {

using std::chrono::milliseconds;

/// As much of each of stdout and stderr as is kept; the rest is read and dropped.
inline constexpr std::size_t execution_output_limit = std::size_t{64} << 10;
/// What a pipe takes at once: more is never sent as input.
inline constexpr std::size_t execution_input_limit = std::size_t{60} << 10;
/// After its input was closed, how long a program may take to put things in order.
inline constexpr milliseconds execution_stop_limit{15'000};
/// After TERM, how long until KILL.
inline constexpr milliseconds execution_end_limit{2'000};

/// A program to start. Its stdin holds `input` and stays open until the time is up or the run is
/// interrupted: its end tells the program to stop.
struct Execution {
    std::vector<std::string> arguments{};
    vault::Secret input{};
    /// Instead of `input`: this file is the program's stdin.
    std::string input_file{};
    milliseconds limit{};
    /// How long it may put things in order once its input has ended.
    milliseconds stop_limit = execution_stop_limit;
};

/// What became of it.
struct Executed {
    enum class How : std::uint8_t { exited, killed, overdue, interrupted, not_started };
    How how = How::exited;
    /// The exit status, the signal that killed it, or the errno for which it could not start.
    int status = 0;
    std::string output{};
    std::string errors{};
    /// More came than is kept.
    bool was_cut = false;
};

}  // namespace proxmox
