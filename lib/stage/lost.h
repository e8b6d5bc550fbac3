// Lost replies: finding the task that a request has started although its answer never came.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
inline constexpr int asked_for_tasks = 50;
inline constexpr int asked_for_tasks_of_node = 500;

/// What the lost request would have started.
struct LostChange {
    /// Empty: it may run on any node.
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

/// A task that can be the lost one: its type, subject and token fit.
struct Candidate {
    std::string upid{};
    bool is_running = false;
};

/// The tasks in `data` that can be the lost one, leaving out those in `known`. Where `server` is
/// given, they began no earlier than the change was sent by its clock.
std::vector<Candidate> candidates_in(const json::Value& data, const LostChange& lost,
                                     std::optional<std::time_t> server, const ClaimedTasks& known);

/// What is known of a change before it is sent whose effect somebody else's could have as well.
struct TasksBefore {
    bool is_known = false;
    ClaimedTasks upids{};
};

/// Asks for it where the change's proof needs it.
Way<TasksBefore> see_tasks_before(Line& line, const Change& change);

/// How a lost change was found.
enum class FoundBy : std::uint8_t {
    /// What it was to bring about is there: it is done.
    effect,
    /// Its task is there, and is the line's from now on.
    task,
};

/// A change whose reply did not come whole.
struct LostReply {
    std::string because{};
    milliseconds sent_at{};
    /// It began as the reply to a success: the change ran.
    bool has_run = false;
};

/// Looks for what became of it. Ends the way where nothing shows that.
Way<FoundBy> find_lost(Line& line, const Change& change, LostReply reply,
                       const TasksBefore& before);

/// What shows that the change has taken effect, asked once.
Way<Shown> see_effect(Line& line, const Change& change, milliseconds sent_at,
                      std::time_t first_task = 0);

/// Ends the way: a task that could be the change's has ended well, and nothing shows the effect.
Failure not_shown(Line& line, const Change& change, std::string_view because);

/// The node that runs the line's tasks; empty where that may be any.
std::string_view node_of_tasks(const Line& line);
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
