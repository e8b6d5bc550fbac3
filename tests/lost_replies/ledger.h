// The ledger: which line's request led to which task, and what the guests were at which time.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: what the node knows and what the lines say stand beside one another.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "calls/stage.h"
#include "tools.h"
#include "way/want.h"

namespace lost_replies {

/// Since the world began.
using Time = std::chrono::milliseconds;

/// A request that changes something, as both sides know it.
struct Sent {
    Time at{};
    std::string what{};
    /// The client has never had its answer.
    bool is_lost = false;
    /// The task that it led to; empty where it led to none.
    std::string upid{};
    /// The id of the guest that it was to make.
    long makes = 0;
    /// ... and the uuid that this has got.
    std::string uuid{};
};

/// One input line, from its beginning to its end.
struct Line {
    const Subject* subject = nullptr;
    int client = 0;
    long vm_id = 0;
    std::string snapshot{};
    std::string description{};
    std::vector<Sent> sent{};
    Time ended{};
    std::optional<proxmox::Ending> ending{};
};

/// A guest at some time, and until the next.
struct Condition {
    /// "running", "stopped", "paused"; empty where there is no such guest.
    std::string_view state{};
    /// With their descriptions.
    std::map<std::string, std::string> snapshots{};
    bool operator==(const Condition&) const = default;
};

class Ledger {
  public:
    std::vector<Line> lines{};

    /// Looks at the node after something may have changed there.
    void observe(const demo_node::Stage& stage, Time now);
    /// Whether the guest has been like that at any moment between these two.
    bool was(long vm_id, Time from, Time until,
             const std::function<bool(const Condition&)>& like_that) const;

  private:
    void learn_uuids(const demo_node::Stage& stage);

    std::map<long, std::vector<std::pair<Time, Condition>>> history_;
};

}  // namespace lost_replies
