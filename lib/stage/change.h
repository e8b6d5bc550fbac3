// Changes: the request that must be sent at most once, its reply, be it lost, and its task.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "stage/changes.h"
#include "way/line.h"

namespace proxmox {

/// What became of a change.
struct Made {
    enum class How : std::uint8_t {
        done,
        /// Its task was accepted, and the run does not wait for it.
        accepted,
        /// Its task outlived the wait.
        still_running,
        /// Proxmox said no, in these words: nothing of it goes on.
        refused,
    };
    How how = How::done;
    Failure failure{};
    std::string words{};
    /// It was refused by a task of its own, so that something may have come to be.
    bool had_task = false;
    /// Proxmox said that it was so already: nothing ran.
    bool was_so = false;

    bool is_refused() const { return how == How::refused; }
};

/// Brings the change about, waiting for the task. Where Proxmox refused, whoever asked may know a
/// way out: another id, another name; else it is to be explained.
Way<Made> attempt(Line& line, const Change& change);

/// Ends the way with why a change was refused, and what the log of its task says.
Way<void> explain(Line& line, Made made);

/// The same for changes without a way out of a refusal: done, accepted or still running.
[[gnu::visibility("default")]] Way<Made> make(Line& line, const Change& change);

/// Waits until the line may make a change of which only so many may be under way.
Way<HeldTurn> take_turn(Line& line, std::string turn);

}  // namespace proxmox
