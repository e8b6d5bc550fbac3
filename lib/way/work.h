// A Work takes one line from its record to its output: a state machine that does no I/O itself.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: what a work may ask for and what it is told belong together.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "api/exchange.h"
#include "loop/execution.h"
#include "base/moment.h"
#include "loop/plan.h"
#include "line/record.h"

namespace proxmox {

class RowLines;

/// The work wants this request answered. A shared one is sent once for all works of the run, and
/// its answer stays where it is until the run ends.
struct Ask {
    Request request;
    bool shared = false;
    /// What must be in the journal before the request is sent; empty: nothing.
    std::string journal{};
};

/// The work wants to know how this task ends, or that the deadline came first.
struct AwaitTask {
    std::string upid;
    milliseconds deadline;
};

/// The work wants to be woken at this time.
struct Sleep {
    milliseconds until;
};

/// The work wants a VM id that nobody else has been given; `taken` turned out not to be free.
struct ReserveId {
    IdRange range;
    std::optional<std::int64_t> taken{};
};

/// The work wants to be woken when fewer than `turns_at_once` works have this turn.
struct AwaitTurn {
    std::string turn;
};

/// The work wants this program run.
struct Execute {
    Execution execution;
};

/// The work is done: what it prints, what it says, and the status it asks for.
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
    /// What belongs into the journal now; empty: nothing.
    std::string journal{};
    /// What was begun and has to be taken back.
    std::optional<Record> undo{};
    /// A reserved id that nothing was made of.
    std::optional<std::int64_t> unused_id{};
};

using Step = std::variant<Ask, AwaitTask, Sleep, ReserveId, AwaitTurn, Execute, Ending>;

/// How a task ended, as far as could be learnt.
struct TaskEnd {
    enum class How : std::uint8_t { stopped, still_running, vanished, unanswered };
    How how = How::stopped;
    /// How it stopped, or why it is not known.
    std::string exit_status{};
};

/// Asked for its next step after each event that it asked for, with the clocks of that event.
class Work {
  public:
    virtual ~Work() = default;

    virtual Step begin(const Moment& now) = 0;
    virtual Step woken(const Moment& now) = 0;
    // What a work never asks for need not mean anything to it.
    virtual Step answered(Answer&, const Moment&) { return Ending{.exit = Exit::line_failed}; }
    virtual Step task_ended(const TaskEnd&, const Moment&) {
        return Ending{.exit = Exit::line_failed};
    }
    virtual Step reserved(const Result<std::int64_t>&, const Moment&) {
        return Ending{.exit = Exit::line_failed};
    }
    virtual Step executed(Executed&, const Moment&) { return Ending{.exit = Exit::line_failed}; }

    virtual const Record& record() const = 0;
    /// No change of this work was sent before.
    virtual milliseconds began_at() const { return {}; }
    /// A change was asked for, and its line has not ended.
    virtual bool has_open_change() const = 0;
    /// ... and its outcome can still be learnt, so that an interrupted run waits a little for it.
    virtual bool awaits_reply_of_change() const = 0;
    /// What it works on, for messages: "vm_id 100".
    virtual std::string subject() const = 0;
    /// What it waits for, for the progress line.
    virtual std::string waits_for() const = 0;
    /// The task that it waits for; empty while there is none.
    virtual std::string_view awaited_task() const { return {}; }
    /// The run was interrupted, and this work would go on: what it does instead, so that nothing
    /// stays half-done; nothing where it already does that, or has nothing to do.
    virtual std::optional<Step> wind_up(const Moment&) { return std::nullopt; }
    /// What the user must know when the run is cut short here.
    virtual std::string when_cut_short() const = 0;
};

/// A work that can also tell what it would do.
class Rehearsable : public Work {
  public:
    /// What this line would lead to, as JSON lines.
    virtual std::string rehearsal() = 0;
};

}  // namespace proxmox
