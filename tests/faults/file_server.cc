// A web server on this machine whose files are all empty, for the node to download.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "file_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string_view>
#include <thread>

namespace faults {
namespace {

constexpr int waiting_limit = 64;
constexpr std::string_view nothing = "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n";

void serve(int listener) {
    while (true) {
        const int connection = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) return;
        std::array<char, 4096> request{};
        if (recv(connection, request.data(), request.size(), 0) > 0)
            (void)send(connection, nothing.data(), nothing.size(), MSG_NOSIGNAL);
        close(connection);
    }
}

int start() {
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(listener, generic, size) != 0 || listen(listener, waiting_limit) != 0 ||
        getsockname(listener, generic, &size) != 0)
        return 0;
    std::thread(serve, listener).detach();
    return ntohs(address.sin_port);
}

}  // namespace

int file_server_port() {
    static const int port = start();
    return port;
}

}  // namespace faults
