// What one run of a tool shares among all its lines.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <ctime>
#include <optional>
#include <set>
#include <string>

#include "action.h"
#include "filter.h"
#include "http.h"

namespace proxmox {

enum class Form : std::uint8_t { json, text };

/// The clocks as one event saw them; jobs have no clock of their own.
struct Moment {
    /// Time since the run began; never jumps.
    milliseconds elapsed{};
    /// For names that people read.
    std::time_t wall = 0;
    /// The server's clock, as far as one of its answers has told.
    std::optional<std::time_t> server{};
};

/// The settings of a run: fixed when its first job begins.
struct Plan {
    const Action& action;
    /// The vault's node: where a line goes that names none.
    std::string node{};
    /// "user@realm!token", as it stands in the ids of our tasks.
    std::string user{};
    milliseconds wait{};
    Form form = Form::json;
    const Filter* filter = nullptr;
    /// Sets this process's pauses apart from those of others.
    std::uint64_t seed = 0;
};

/// Ids of tasks that already belong to a line of this run: a lost reply is never matched to one.
using ClaimedTasks = std::set<std::string, std::less<>>;

}  // namespace proxmox
