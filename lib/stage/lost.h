// Lost replies: finding the task that a request has started although its answer never came.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include "api/exchange.h"
#include "base/list.h"
#include "json/json.h"
#include "line/grammar.h"
#include "stage/changes.h"
#include "way/line.h"

namespace proxmox {

/// How long the task is searched for: pveproxy's own time-out of 30 s, 10 s for the task list's
/// lock, and a margin.
inline constexpr milliseconds recovery_limit{45'000};
inline constexpr std::time_t clock_margin_s = 2;

/// What the lost request would have started.
struct LostChange {
    std::string node;
    /// What stands in the task's id; a VM's narrows the search.
    std::string id;
    /// "user@realm!token"
    std::string user;
    std::vector<std::string> task_types{};
    /// Time from sending the request to now.
    milliseconds age{};
};

/// Whether a task can be what was asked of this node about this, whoever says so.
bool is_task_of(const Upid& upid, std::string_view node, std::string_view id);

/// The node's tasks for this, running ones and finished ones; `server` is its clock, if known.
Request ask_for_tasks(const LostChange& lost, std::optional<std::time_t> server);

struct Found {
    std::string upid{};
    std::size_t count = 0;
};

/// The tasks in `data` that can only be the lost one, leaving out those that belong to other lines.
Found find_task(const json::Value& data, const LostChange& lost, std::time_t server,
                const ClaimedTasks& claimed);

/// Looks for what became of a change whose reply did not come: its task, which is the line's then,
/// or the proof that the state it was to bring about is there (false: there is no task to await).
/// Ends the way where neither can be found.
Way<bool> find_lost(Line& line, const Change& change, std::string because, milliseconds sent_at);

/// The types of tasks that a change may begin: "qmstart", "hastart".
std::vector<std::string> task_types_of(const Line& line, const Change& change);
/// What stands in the id of its task.
std::string task_id_of(const Line& line, const Change& change);
/// The command by which a person finds out.
std::string how_to_check(const Line& line, const Change& change);

/// Nodes of a cluster may differ by this much in what time it is.
inline constexpr std::time_t node_clocks_differ_s = 60;

/// Forgets the tasks that began before any change of a line which runs now, the oldest of them for
/// `oldest_age`, or of a later one: no lost reply can mean them.
void forget_claims(ClaimedTasks& claimed, std::time_t server, milliseconds oldest_age);

}  // namespace proxmox
