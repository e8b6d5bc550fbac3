// A world without sockets and without time of its own: a node, a network that loses, a clock.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <string>

#include "api/exchange.h"
#include "ledger.h"

namespace lost_replies {

using Dice = std::mt19937_64;

/// A number between these two, both included.
long between(Dice& dice, long lowest, long highest);
bool chance(Dice& dice, int percent);

/// The token that all clients have.
inline constexpr std::string_view token_name = "range42@pam!devkit";
inline constexpr std::string_view node_name = "px-testing";

class World {
  public:
    using Reply = std::function<void(proxmox::Answer)>;

    explicit World(std::uint64_t seed);

    Time now() const { return now_; }
    /// What the node's own clock says; that of who answers may be another.
    std::time_t wall() const;

    void at(Time when, std::function<void()> what);
    /// Sends a line's request, and tells the answer later, or that there is none.
    void send(std::size_t line, const proxmox::Request& request, Reply reply);
    /// Until nothing is left to happen.
    void run();

    Dice dice;
    Ledger ledger{};
    demo_node::Options options;
    demo_node::Stage stage;

  private:
    struct Underway;
    void arrive(const std::shared_ptr<Underway>& call);
    void answer(const std::shared_ptr<Underway>& call, proxmox::Answer answer);
    void pass_until(Time then);

    Time now_{};
    /// How far the clock of who answers is ahead of that of the node whose tasks these are.
    std::time_t date_is_ahead_s;
    std::multimap<Time, std::function<void()>> events_;
};

}  // namespace lost_replies
