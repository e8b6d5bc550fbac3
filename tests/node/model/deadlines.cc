// The queue of things that are due at a later time.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadlines.h"

#include <algorithm>

namespace demo_node {

Deadlines::Id Deadlines::in(int delay_ms, std::function<void()> action) {
    const Id id{Clock::now() + std::chrono::milliseconds(delay_ms), ++last_};
    actions_.emplace(id, std::move(action));
    return id;
}

void Deadlines::cancel(const Id& id) { actions_.erase(id); }

void Deadlines::run_due() {
    // The time is read once: an action that asks for another one at once cannot starve the sockets.
    const Clock::time_point now = Clock::now();
    while (!actions_.empty() && actions_.begin()->first.first <= now) {
        auto entry = actions_.extract(actions_.begin());
        entry.mapped()();
    }
}

int Deadlines::next_ms() const {
    if (actions_.empty()) return -1;
    const auto left = actions_.begin()->first.first - Clock::now();
    return static_cast<int>(
        std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::milliseconds>(left).count()));
}

}  // namespace demo_node
