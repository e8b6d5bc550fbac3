// The loop: ways that wait, and whatever wakes them.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: what a loop does for its lines, and who gets an answer.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "api/http.h"
#include "loop/clock.h"
#include "loop/executions.h"
#include "loop/questions.h"
#include "loop/tasks.h"
#include "making/equipment.h"
#include "way/walk.h"

namespace proxmox {

inline constexpr milliseconds longest_wait{60'000};
/// Another process does not say when it gives its turn back.
inline constexpr milliseconds turn_pause{200};

/// Lines under way by their numbers. Knows what each of them waits for, and nothing of what it is
/// about; `equipment` is for those that make guests, and may be null.
class Loop {
  public:
    using Number = std::uint64_t;

    Loop(const Run& run, Transfers& transfers, Equipment* equipment)
        : run_(run), transfers_(transfers), equipment_(equipment) {}

    Number begin(Record record, WayOf way_of);

    struct Ended {
        Number number;
        Record record;
        Ending ending;
    };
    std::vector<Ended> take_ended();

    /// Does what is due: turns, times, polls of tasks, programs.
    void work();
    /// Waits for the next thing that happens, at most until `until`.
    Outcome wait(milliseconds until, std::span<const int> descriptors, int writable);
    /// Hands out what has come since.
    void deliver();

    /// The run ends before its lines do: nothing is taken back any more.
    void close();
    /// Changes that are not sent yet never are.
    void abandon_unsent();
    /// The same after a signal, when programs are told to stop, too, and ways put things in order.
    void interrupt();
    /// The run goes on without this line.
    void cut_short(Number number);

    /// Asks for the log of a task, from this line on, for whoever watches it.
    void ask_for_log(const std::string& upid, std::int64_t from);
    std::optional<std::pair<std::string, Answer>> take_log() { return std::exchange(log_, {}); }

    struct Underway {
        std::unique_ptr<Walk> walk;
        std::optional<milliseconds> wake{};
        /// The turn that it waits for.
        std::string turn{};
    };
    const std::map<Number, Underway>& underway() const { return underway_; }
    Clock& clock() { return clock_; }
    Questions& questions() { return questions_; }
    Tasks& tasks() { return tasks_; }
    bool runs_programs() const { return !executing_.empty(); }
    /// Some line has changed something, or may have.
    bool has_changed() const { return has_changed_ || tasks_.has_had_any(); }

  private:
    /// Who gets a transfer's answer: one line, all that share the path, a node's tasks, or whoever
    /// watches a task.
    struct ForAll {
        std::string path;
    };
    struct ForTasks {
        std::string node;
    };
    struct ForLog {
        std::string upid;
    };
    using Receiver = std::variant<Number, ForAll, ForTasks, ForLog>;

    void take(Number number, Step step);
    void tell(Number number, Told told);
    void ask(Number number, Ask question);
    void send(Request request, Receiver receiver);
    void hand_out(Finished finished);
    void give_turns();
    void end(Number number, Ending ending);
    std::optional<milliseconds> due() const;

    const Run& run_;
    Transfers& transfers_;
    Equipment* const equipment_;
    Clock clock_;
    Questions questions_;
    Tasks tasks_;
    Executions executions_;
    std::map<Number, Underway> underway_;
    Number last_number_ = 0;
    std::map<std::uint64_t, Receiver> receivers_;
    /// By the ticket of the execution.
    std::map<std::uint64_t, Number> executing_;
    std::vector<Ended> ended_;
    std::optional<std::pair<std::string, Answer>> log_;
    bool awaits_turn_ = false;
    bool is_interrupted_ = false;
    bool has_changed_ = false;
};

}  // namespace proxmox
