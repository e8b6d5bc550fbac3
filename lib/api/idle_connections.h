// Connections that wait for their next question, and whether something came on them unasked.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <deque>

namespace proxmox {

/// More than all nodes of most clusters keep open; the oldest are forgotten first.
inline constexpr std::size_t idle_connections_known = 64;

/// Knows connections by their port on this side.
class IdleConnections {
  public:
    void add(long port, int socket);
    /// Whether the connection may be asked: nothing has come on it, not even its end. One that is
    /// not known is new.
    bool take(long port);

  private:
    struct Connection {
        long port;
        int socket;
    };
    std::deque<Connection> connections_;
};

}  // namespace proxmox
