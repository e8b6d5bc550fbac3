// Plays one scenario against a running node and reports every difference.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "client.h"
#include "recording.h"

namespace demo_node::replay {

/// The tokens' secrets in every replay; the recordings have them masked.
constexpr std::string_view secret = "5ec0de5e-c0de-45ec-80de-5ec0de5ec0de";
constexpr std::string_view low_secret = "low-secret-of-the-replay";

/// Remembers which UPID of the node stands for which recorded one.
class Player {
  public:
    Player(int port, const std::map<std::string, Recording>& recordings)
        : port_(port), recordings_(recordings) {}

    /// Does one step of a scenario; the text says what differed, and is empty when nothing did.
    std::string step(std::string_view text);

  private:
    std::string replay(std::string_view step);
    std::string set_scene(std::string_view step);
    std::string settle();
    std::string compare(const Recording& recording, Client& client);
    std::string call(std::string_view method, std::string_view path, std::string_view body,
                     Reply& reply);
    std::string with_own_upids(std::string text);
    void learn_upid(const Recording& recording, const Reply& reply);

    int port_;
    const std::map<std::string, Recording>& recordings_;
    std::map<std::string, std::string> upids_{};
    std::deque<std::string> unclaimed_{};
};

}  // namespace demo_node::replay
