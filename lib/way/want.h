// Wants: all that a way may ask of the loop, what it is told then, and how a line ends.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: what may be asked for and what is told belong together.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "api/exchange.h"
#include "line/id_range.h"
#include "line/record.h"
#include "way/execution.h"
#include "way/failure.h"

namespace proxmox {

class RowLines;

/// This request answered. A shared one is sent once for all lines of the run, and its answer stays
/// where it is until the run ends. Told: an Answer.
struct Ask {
    Request request;
    bool shared = false;
};

/// How this task ends, or that the deadline came first. Told: a TaskEnd.
struct AwaitTask {
    std::string upid;
    milliseconds deadline;
};

/// To be woken at this time. Told: nothing.
struct Sleep {
    milliseconds until;
};

/// A VM id that nobody else has been given; `taken` turned out not to be free. Told: the id.
struct ReserveId {
    IdRange range;
    std::optional<std::int64_t> taken{};
};

/// Nothing was made of this id, so that others may have it. Told: nothing.
struct ReleaseId {
    std::int64_t id;
};

/// To wait until fewer than `turns_at_once` lines have this turn. Told: the turn, which others may
/// have once nobody holds it any more.
struct AwaitTurn {
    std::string turn;
};
using HeldTurn = std::shared_ptr<void>;

/// A line in the journal before anything else happens. Told: whether it is there.
struct WriteDown {
    std::string entry;
};

/// This program run. Told: what became of it.
struct Execute {
    Execution execution;
};

/// How a task ended, as far as could be learnt.
struct TaskEnd {
    enum class How : std::uint8_t { stopped, still_running, vanished, unanswered };
    How how = How::stopped;
    /// How it stopped, or why it is not known.
    std::string exit_status{};
};

/// The line has ended: what it prints, what it says, and the status it asks for.
struct Ending {
    std::string output{};
    /// More output, made while it is written.
    std::shared_ptr<RowLines> rows{};
    std::vector<std::string> traces{};
    Exit exit = Exit::ok;
    /// Why the line failed, for programs; empty when it did not.
    std::string reason{};
    /// What would help, for this line and others like it.
    std::string advice{};
    /// Why every other line would end the same way; empty when it would not.
    std::string hopeless{};
    /// Something was changed, or may have been: that must not be lost with whoever reads the
    /// output.
    bool has_changed = false;
    /// Lines that have come of it: the nodes of a cluster, for instance.
    std::vector<Record> further{};
};

using Want =
    std::variant<Ask, AwaitTask, Sleep, ReserveId, ReleaseId, AwaitTurn, WriteDown, Execute>;
/// What is told is only lent: whoever needs it longer takes a copy before the next want.
using Told = std::variant<std::monostate, Answer*, TaskEnd, Result<std::int64_t>, HeldTurn, Outcome,
                          Executed*>;

/// What a way comes to next.
using Step = std::variant<Want, Ending>;

}  // namespace proxmox
