// The tasks that lines wait for, by the node that is asked for them, and whose each one is.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "loop/task_watch.h"
#include "way/line.h"

namespace proxmox {

class Tasks {
  public:
    void add(std::uint64_t number, AwaitTask task, milliseconds now);

    /// A question that is due now, and the node it is for.
    struct Poll {
        std::string node;
        Request request;
    };
    std::vector<Poll> polls(milliseconds now);
    void answered(const std::string& node, Answer& answer, milliseconds now);
    /// Comes after the answers that have arrived: while output or process stood still, deadlines
    /// passed.
    void expire(milliseconds now);
    std::vector<EndedTask> take_ended();
    std::optional<milliseconds> due() const;

    /// The tasks that lines have taken for theirs.
    ClaimedTasks& claimed() { return claimed_; }
    /// Memory must not grow with the number of lines: forgets those that no lost reply can mean any
    /// more. The oldest line under way has been there for `oldest_age`.
    void forget_old(const Moment& now, milliseconds oldest_age);
    bool has_room() const;
    /// Something was changed in this run.
    bool has_had_any() const { return !claimed_.empty() || claims_limit_ > 0; }

  private:
    std::map<std::string, TaskWatch> watches_;
    ClaimedTasks claimed_;
    std::size_t claims_limit_ = 0;
};

}  // namespace proxmox
