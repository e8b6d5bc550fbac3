// An Inventory is what the node says of guests, read when it is needed and forgotten soon after.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "api/connection.h"
#include "line/selection.h"
#include "process/output.h"

namespace proxmox {

/// The list of the whole cluster is current in where a guest is and in which pool. Its state, name
/// and tags are up to ten seconds old there, and are read from the list of the guest's own node.
class Inventory {
  public:
    /// With `wants_state` the nodes look at each machine, and know a paused one from one that runs.
    Inventory(Output& output, bool wants_state) : output_(output), wants_state_(wants_state) {}

    /// Where a guest is: the path of its node's list, and its pool.
    struct Place {
        std::string list{};
        std::string pool{};
    };
    /// Null for a guest that nobody knows.
    Result<const Place*> place_of(std::int64_t id);
    /// Name, state and tags; null for a guest that is not there any more.
    Result<const VmFacts*> facts_of(std::int64_t id, const Place& place);

    /// What was read some time ago says nothing about lines that have come since.
    void forget_what_is_old();

  private:
    using Clock = std::chrono::steady_clock;
    using Guests = std::map<std::int64_t, VmFacts>;

    using Places = std::map<std::int64_t, Place>;

    Result<std::string> ask(std::string path);
    Result<Places> read_places();
    Result<Guests> read_list(const std::string& path);

    Output& output_;
    const bool wants_state_;
    std::unique_ptr<Connection> connection_{};
    /// Ends before the connection, which holds the secret.
    std::optional<Output::Hidden> hidden_{};
    std::optional<Places> places_{};
    /// Also those that could not be read: their node is not asked for every line.
    std::map<std::string, Result<Guests>> lists_{};
    Clock::time_point read_at_{};
};

}  // namespace proxmox
