// Which recordings are replayed, in which state of the node, and why the others are not.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace demo_node::replay {

/// A node started with some options, and what is done to it, line by line:
///
///     vm-start                       replay this recording and compare
///     vm-delete-130 as 106           the same, with another VM in the place of the recorded one
///     vm-reboot as 104 with timeout=1  the same, with another body
///     POST /qemu/100/status/stop     set the scene, on the node; the answer must be 200
///     DELETE /storage/templates      the same, of the whole cluster
///     +POST /qemu/100/status/stop    the same, and the next unknown UPID of a recording is its own
///     settle                         wait until no task runs
///     pause 1500                     let so many milliseconds pass
struct Scenario {
    std::string_view name;
    std::vector<std::string_view> options;
    std::vector<std::string_view> steps;
};

/// A recording that is not replayed (a trailing '*' stands for the rest of a name), and why.
struct Excuse {
    std::string_view recording;
    std::string_view reason;
};

const std::vector<Scenario>& scenarios();
std::span<const Excuse> excuses();

}  // namespace demo_node::replay
