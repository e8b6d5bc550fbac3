// A black hole: a port that takes no connection and refuses none.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "black_hole.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>

namespace faults {

BlackHole::BlackHole(int port) {
    // A listener whose queue is full drops what comes: connections fill it until one is left alone.
    constexpr int attempts = 16;
    constexpr int patience_ms = 300;
    sockaddr_in address{.sin_family = AF_INET,
                        .sin_port = htons(static_cast<std::uint16_t>(port)),
                        .sin_addr = {htonl(INADDR_LOOPBACK)},
                        .sin_zero = {}};
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    const int on = 1;
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockets_.push_back(listener);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, generic, sizeof address) != 0 || listen(listener, 0) != 0) return;
    for (int attempt = 0; attempt < attempts && !is_deaf_; ++attempt) {
        sockets_.push_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        connect(sockets_.back(), generic, sizeof address);
        pollfd connected{.fd = sockets_.back(), .events = POLLOUT, .revents = 0};
        is_deaf_ = poll(&connected, 1, patience_ms) == 0;
    }
}

BlackHole::~BlackHole() {
    for (const int socket : sockets_) close(socket);
}

}  // namespace faults
