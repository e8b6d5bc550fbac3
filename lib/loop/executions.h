// Executions under way: programs of the system, started and watched by the one loop.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/error.h"
#include "way/execution.h"

namespace proxmox {

/// One that has ended: the number that `start` gave, and what became of it.
struct EndedExecution {
    std::uint64_t ticket = 0;
    Executed executed;
};

/// Each program is the leader of a session of its own: it has no terminal to ask at, and a key
/// pressed there does not reach it.
class Executions {
  public:
    Executions();
    ~Executions();
    Executions(const Executions&) = delete;
    Executions& operator=(const Executions&) = delete;

    std::uint64_t start(Execution execution, milliseconds now);
    /// Tells every program to stop, as when its time is up.
    void stop_all(milliseconds now);
    /// Reads what is there, ends what is overdue.
    void work(milliseconds now);
    std::vector<EndedExecution> take_ended();

    /// Readable when there is something to work on; -1 before the first start.
    int descriptor() const { return poller_; }
    /// When something is overdue next.
    std::optional<milliseconds> due() const;

  private:
    struct Running;
    void watch(Running& running, int descriptor);
    void drain(Running& running);
    void stop(Running& running, milliseconds now);
    void press(Running& running, milliseconds now);
    void end(Running& running);

    int poller_ = -1;
    std::uint64_t last_ticket_ = 0;
    std::vector<std::unique_ptr<Running>> running_;
    std::vector<EndedExecution> ended_;
};

}  // namespace proxmox
