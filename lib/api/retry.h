// When to try again: named limits, and pauses that do not fall in step with others'.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace proxmox {

using std::chrono::milliseconds;

inline constexpr milliseconds first_retry_pause{250};
inline constexpr milliseconds first_recovery_pause{500};
inline constexpr milliseconds longest_retry_pause{2'000};
/// A refused connection is tried again this often, and not once this time has passed.
inline constexpr int connect_tries = 3;
inline constexpr milliseconds connect_retry_window{1'000};
inline constexpr int read_tries = 4;
/// Between two attempts where a lock was held.
inline constexpr milliseconds lock_pause{1'000};
/// How long a lock is waited for that Proxmox holds itself: after a stop its own clean-up does for
/// up to 30 s.
inline constexpr milliseconds lock_patience{60'000};
/// A change whose worker was ended before it had begun is asked for this often.
inline constexpr int worker_tries = 6;
/// Proxmox could not reach the other node (595).
inline constexpr milliseconds relay_pause{1'000};
/// Between two looks at a VM that HA has yet to start or stop.
inline constexpr milliseconds ha_pause{1'000};
/// The lines of a failed task's log that are fetched.
inline constexpr int log_lines_limit = 500;
/// Ids that were free when asked for and taken when used.
inline constexpr int id_tries = 5;
/// Ids in a row that are found taken before one is used.
inline constexpr int id_probes_limit = 1'000;
/// A snapshot name of ours that another had taken.
inline constexpr int name_tries = 5;

/// What has taken long is looked at less often: it is late by a fifth of its time at most.
inline milliseconds pause_after(milliseconds waited, milliseconds first, milliseconds longest) {
    constexpr int looks_in_its_time = 5;
    return std::clamp(waited / looks_in_its_time, first, longest);
}

/// The pause, made up to a quarter shorter or longer; the same for the same seed.
inline milliseconds jittered(milliseconds pause, std::uint64_t seed) {
    constexpr std::uint64_t odd_multiplier = 0x9E3779B97F4A7C15;
    const auto share = static_cast<std::int64_t>((seed * odd_multiplier) >> 48);  // 16 bits
    return pause * 3 / 4 + pause * share / (2 * 65'536);
}

}  // namespace proxmox
