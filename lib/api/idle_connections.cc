// Connections that wait for their next question, and whether something came on them unasked.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/idle_connections.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace proxmox {

void IdleConnections::add(long port, int socket) {
    connections_.push_back({port, socket});
    if (connections_.size() > idle_connections_known) connections_.pop_front();
}

bool IdleConnections::take(long port) {
    const auto found = std::ranges::find(connections_, port, &Connection::port);
    if (found == connections_.end()) return true;
    const int socket = found->socket;
    connections_.erase(found);
    char byte = 0;
    return recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

}  // namespace proxmox
