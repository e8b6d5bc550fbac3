// The lock files of the VMs' configurations: one holder each, the others wait in a row.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <list>
#include <map>
#include <string>

#include "model/deadlines.h"
#include "model/guest_kind.h"

namespace demo_node {

/// Grants each VM's lock to one holder at a time; a waiter is told when it got it or gave up.
class ConfigLocks {
  public:
    using Told = std::function<void(bool granted)>;
    using Ticket = std::pair<long, std::uint64_t>;

    explicit ConfigLocks(Deadlines& deadlines) : deadlines_(deadlines) {}

    bool is_held(long vmid) const { return held_.contains(vmid); }

    /// `told` is called before this returns when the lock is free.
    Ticket acquire(long vmid, int wait_ms, Told told);

    /// Leaves the queue; `told` is not called any more.
    void give_up(const Ticket& ticket);
    void release(long vmid);

    static std::string path(const GuestKind& kind, long vmid);

  private:
    struct Waiter {
        std::uint64_t number;
        Told told;
        Deadlines::Id deadline;
    };

    Deadlines& deadlines_;
    std::map<long, std::list<Waiter>> held_;
    std::uint64_t last_ = 0;
};

}  // namespace demo_node
