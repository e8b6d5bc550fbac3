// The lock files of the VMs' configurations: one holder each, the others wait in a row.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/config_locks.h"

#include <fmt/format.h>

#include <algorithm>

namespace demo_node {

ConfigLocks::Ticket ConfigLocks::acquire(long vmid, int wait_ms, Told told) {
    const Ticket ticket{vmid, ++last_};
    const auto [entry, free] = held_.try_emplace(vmid);
    if (free) {
        told(true);
        return ticket;
    }
    const auto deadline = deadlines_.in(wait_ms, [this, ticket] {
        auto& waiting = held_.at(ticket.first);
        const auto found = std::ranges::find(waiting, ticket.second, &Waiter::number);
        const Told late = std::move(found->told);
        waiting.erase(found);
        late(false);
    });
    entry->second.push_back({ticket.second, std::move(told), deadline});
    return ticket;
}

void ConfigLocks::give_up(const Ticket& ticket) {
    const auto entry = held_.find(ticket.first);
    if (entry == held_.end()) return;
    std::erase_if(entry->second, [&](const Waiter& waiter) {
        if (waiter.number != ticket.second) return false;
        deadlines_.cancel(waiter.deadline);
        return true;
    });
}

void ConfigLocks::release(long vmid) {
    const auto entry = held_.find(vmid);
    if (entry == held_.end()) return;
    if (entry->second.empty()) {
        held_.erase(entry);
        return;
    }
    const Waiter next = std::move(entry->second.front());
    entry->second.pop_front();
    deadlines_.cancel(next.deadline);
    next.told(true);
}

std::string ConfigLocks::path(const GuestKind& kind, long vmid) {
    return fmt::format("{}{}{}", kind.lock_before_id, vmid, kind.lock_after_id);
}

}  // namespace demo_node
