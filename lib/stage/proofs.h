// Proofs: what shows that a change has taken effect; that some task of its kind ran shows nothing.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

#include "api/api.h"
#include "base/moment.h"
#include "line/record.h"

namespace proxmox {

/// What was seen after a change was sent.
struct Seen {
    const Finding& finding;
    const Record& record;
    /// The time since it was sent.
    milliseconds since{};

    json::Value data() const { return finding.data(); }
};

enum class Shown : std::uint8_t {
    no,
    /// It is being brought about.
    under_way,
    yes,
};

/// Whose task has to be seen besides the effect. Another client may have the same token, and what
/// it has done looks the same.
enum class Witness : std::uint8_t {
    /// None: the state that was asked for has been reached, whoever has brought it about.
    none,
    /// Anybody's, if it was not there before: without one the effect could have come otherwise.
    anyones,
    /// The change's own. Its reply had begun as that of a success, so that it surely ran, and only
    /// one task is new since before it was sent.
    own,
};

/// Asked for where the reply to a change was lost.
struct Proof {
    std::string_view path{};
    /// Pure. Where there is none, nothing but its task can show the change.
    Shown (*shows)(const Seen& seen) = nullptr;
    /// The guest's `status` then: "running". Where it was that before as well, it tells nothing.
    std::string_view status{};
    Witness witness = Witness::none;

    bool needs_task() const { return witness != Witness::none; }
    bool exists() const { return shows != nullptr || needs_task(); }
};

[[gnu::visibility("default")]] Shown shows_running(const Seen& seen);
[[gnu::visibility("default")]] Shown shows_stopped(const Seen& seen);
[[gnu::visibility("default")]] Shown shows_paused(const Seen& seen);
/// It has been up for less time than has passed since.
[[gnu::visibility("default")]] Shown shows_rebooted(const Seen& seen);
/// It is no more on the node that had it.
[[gnu::visibility("default")]] Shown shows_gone(const Seen& seen);

inline constexpr std::string_view state_path = "{guest}/status/current";

inline constexpr Proof is_running{state_path, shows_running, "running"};
inline constexpr Proof is_stopped{state_path, shows_stopped, "stopped"};
inline constexpr Proof is_paused{state_path, shows_paused, "running"};
inline constexpr Proof has_rebooted{state_path, shows_rebooted, "running", Witness::own};
inline constexpr Proof is_gone{"{guest}/config", shows_gone, "", Witness::anyones};
/// Whatever runs it, it takes in all that was pending.
inline constexpr Proof has_a_task{.witness = Witness::anyones};

}  // namespace proxmox
