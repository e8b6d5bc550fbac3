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

BlackHole::BlackHole(int port, bool is_v6) {
    // A listener whose queue is full drops what comes: connections fill it until one is left alone.
    constexpr int attempts = 16;
    constexpr int patience_ms = 300;
    sockaddr_in6 address6{};
    address6.sin6_family = AF_INET6;
    address6.sin6_port = htons(static_cast<std::uint16_t>(port));
    address6.sin6_addr = in6addr_loopback;
    sockaddr_in address4{};
    address4.sin_family = AF_INET;
    address4.sin_port = address6.sin6_port;
    address4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int family = is_v6 ? AF_INET6 : AF_INET;
    const auto* generic = is_v6 ? reinterpret_cast<const sockaddr*>(&address6)
                                : reinterpret_cast<const sockaddr*>(&address4);
    const auto size = static_cast<socklen_t>(is_v6 ? sizeof address6 : sizeof address4);
    const int on = 1;
    const int listener = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockets_.push_back(listener);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, generic, size) != 0 || listen(listener, 0) != 0) return;
    for (int attempt = 0; attempt < attempts && !is_deaf_; ++attempt) {
        sockets_.push_back(socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        connect(sockets_.back(), generic, size);
        pollfd connected{.fd = sockets_.back(), .events = POLLOUT, .revents = 0};
        is_deaf_ = poll(&connected, 1, patience_ms) == 0;
    }
}

BlackHole::~BlackHole() {
    for (const int socket : sockets_) close(socket);
}

}  // namespace faults
