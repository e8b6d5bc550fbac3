// A black hole: a port that takes no connection and refuses none.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

namespace faults {

/// A port of the loopback interface that answers no SYN.
class BlackHole {
  public:
    explicit BlackHole(int port, bool is_v6 = false);
    BlackHole(const BlackHole&) = delete;
    BlackHole& operator=(const BlackHole&) = delete;
    ~BlackHole();
    bool is_deaf() const { return is_deaf_; }

  private:
    std::vector<int> sockets_;
    bool is_deaf_ = false;
};

}  // namespace faults
