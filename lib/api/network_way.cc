// The way to a server below TLS: what its name stands for, and whether its port takes connections.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/network_way.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "api/exchange.h"
#include "trust/known_keys.h"

namespace proxmox {
namespace {

struct HostAndPort {
    std::string host;
    std::string port;
};

HostAndPort parts_of(std::string_view host_and_port) {
    const std::string name = server_name_of(host_and_port);
    const std::size_t colon = name.rfind(':');
    HostAndPort parts{name.substr(0, colon), name.substr(colon + 1)};
    if (parts.host.starts_with('[')) parts.host = parts.host.substr(1, parts.host.size() - 2);
    return parts;
}

std::string text_of(const addrinfo& address) {
    std::array<char, NI_MAXHOST> text{};
    const int failed = getnameinfo(address.ai_addr, address.ai_addrlen, text.data(), text.size(),
                                   nullptr, 0, NI_NUMERICHOST);
    return failed == 0 ? text.data() : "?";
}

/// 0, or the errno of the connection.
int connect_once(const addrinfo& address) {
    const int descriptor =
        socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (descriptor == -1) return errno;
    int trouble = connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 ? 0 : errno;
    if (trouble == EINPROGRESS) {
        pollfd waiting{.fd = descriptor, .events = POLLOUT, .revents = 0};
        socklen_t size = sizeof trouble;
        if (poll(&waiting, 1, static_cast<int>(connect_limit.count())) != 1)
            trouble = ETIMEDOUT;
        else if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &trouble, &size) != 0)
            trouble = errno;
    }
    close(descriptor);
    return trouble;
}

}  // namespace

NetworkWay look_at_way(std::string_view host_and_port) {
    const HostAndPort parts = parts_of(host_and_port);
    addrinfo wanted{};
    wanted.ai_family = AF_UNSPEC;
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    NetworkWay way;
    if (getaddrinfo(parts.host.c_str(), parts.port.c_str(), &wanted, &found) != 0) return way;
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> all(found, freeaddrinfo);
    bool is_connected = false;
    for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
        way.addresses.push_back(text_of(*address));
        if (is_connected) continue;
        const int trouble = connect_once(*address);
        is_connected = trouble == 0;
        way.port_trouble = is_connected ? "" : std::strerror(trouble);
    }
    return way;
}

}  // namespace proxmox
