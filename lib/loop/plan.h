// What one run of a tool shares among all its lines.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tool/action.h"
#include "line/filter.h"
#include "base/moment.h"
#include "line/record.h"

namespace proxmox {

/// VM ids from the lowest to the highest one, both included.
struct IdRange {
    std::int64_t lowest = 0;
    std::int64_t highest = 0;
};

enum class Form : std::uint8_t { json, text };

/// The settings of a run: fixed when its first job begins.
struct Plan {
    const Action& action;
    /// Where what is printed comes from.
    std::string_view source = "proxmox-api";
    /// The vault's node: where a line goes that names none.
    std::string node{};
    /// Where the API is, for messages.
    std::string host_and_port{};
    /// "user@realm!token", as it stands in the ids of our tasks.
    std::string user{};
    milliseconds wait{};
    Form form = Form::json;
    const Filter* filter = nullptr;
    /// What the options say for lines that lack a key.
    std::vector<Given> given{};
    /// Whether the line's other keys are printed, too.
    bool carries = false;
    /// Destructive acts are for VMs with this tag alone; empty: nobody asked for a guard.
    std::string required_tag{};
    bool is_guarded = false;
    /// New ids come from this range; nothing: the node names a free one.
    std::optional<IdRange> range{};
    bool keeps_journal = false;
    bool rolls_back = false;
    /// A line ends when its task was accepted.
    bool is_asynchronous = false;
    /// What would help is said once, on a line of its own.
    bool gives_advice = false;
    /// Failures are printed, too: each line says whether it is "ok".
    bool prints_failures = false;
    /// Sets this process's pauses apart from those of others.
    std::uint64_t seed = 0;
};

/// Ids of tasks that already belong to a line of this run: a lost reply is never matched to one.
using ClaimedTasks = std::set<std::string, std::less<>>;

}  // namespace proxmox
