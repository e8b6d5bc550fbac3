// One task, and the plan by which it is carried out.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <expected>
#include <functional>
#include <string>
#include <vector>

#include "model/guest_kind.h"

namespace demo_node {

/// One task as the API shows it. `user` is the full token name.
struct Task {
    std::string upid;
    std::string node;
    std::string type;
    std::string id;
    std::string user;
    int pid = 0;
    long pstart = 0;
    long starttime = 0;
    long endtime = 0;
    bool running = true;
    std::string exit_status{};
    std::vector<std::string> log{};
};

/// What a task does: `begin` tells how long it lasts or why not, `end` makes its effect real.
struct Plan {
    using Duration = std::expected<int, std::string>;
    using Status = std::expected<std::string, std::string>;

    std::string node;
    std::string type;
    /// What the UPID names; of no importance to the task itself.
    std::string id{};
    const GuestKind* kind = &machines;
    /// Whose configuration it locks, where it locks one.
    long vmid = 0;
    std::string user;
    bool takes_lock = true;
    /// Some tasks only mark the configuration and let the lock file go while they work.
    bool keeps_lock = true;
    std::function<Duration(Task&)> begin;
    std::function<Status(Task&)> end;
    std::function<void()> undo = [] {};
};

}  // namespace demo_node
