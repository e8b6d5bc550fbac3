// The clock of a stand-in node: that of its machine, unless a test has taken it in hand.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock.h"

#include <optional>

namespace demo_node {
namespace {

struct Held {
    Clock::time_point now;
    std::time_t wall_at_first;
    std::chrono::milliseconds passed{};
};

std::optional<Held>& held() {
    static std::optional<Held> in_hand;
    return in_hand;
}

}  // namespace

Clock::time_point Clock::now() {
    return held() ? held()->now + held()->passed : std::chrono::steady_clock::now();
}

std::time_t Clock::wall() {
    if (!held()) return std::time(nullptr);
    return held()->wall_at_first + std::chrono::floor<std::chrono::seconds>(held()->passed).count();
}

void Clock::hold(std::time_t wall) { held() = {std::chrono::steady_clock::now(), wall}; }

void Clock::pass(std::chrono::milliseconds time) { held()->passed += time; }

}  // namespace demo_node
