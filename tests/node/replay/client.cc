// A TLS client that sees everything: raw bytes out, raw bytes in, and whether it was hung up on.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace demo_node::replay {

namespace {

/// Longer than any answer takes on the slowest machine; a test that waits this long has failed.
constexpr int patience_seconds = 20;

std::size_t content_length(const Headers& headers) {
    for (const auto& [name, value] : headers)
        if (name == "Content-Length") return std::strtoul(value.c_str(), nullptr, 10);
    return 0;
}

RecordedResponse parse_head(std::string_view head) {
    RecordedResponse response;
    while (!head.empty()) {
        const std::size_t end = head.find("\r\n");
        const std::string_view line = head.substr(0, end);
        head.remove_prefix(end + 2);
        const std::size_t colon = line.find(": ");
        if (response.status_line.empty())
            response.status_line = line;
        else if (colon != std::string_view::npos)
            response.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    }
    return response;
}

}  // namespace

Client::Client(int port) : context_(SSL_CTX_new(TLS_client_method())) {
    socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{patience_seconds, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{.sin_family = AF_INET,
                        .sin_port = htons(static_cast<std::uint16_t>(port)),
                        .sin_addr = {htonl(INADDR_LOOPBACK)},
                        .sin_zero = {}};
    if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return;
    std::unique_ptr<SSL, FreeWith<SSL_free>> tls(SSL_new(context_.get()));
    if (tls && SSL_set_fd(tls.get(), socket_) == 1 && SSL_connect(tls.get()) == 1)
        tls_ = std::move(tls);
}

Client::~Client() { close(socket_); }

bool Client::send(const std::string& bytes) {
    return tls_ && SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size())) > 0;
}

bool Client::read_more() {
    std::array<char, 16 * 1024> chunk;
    const int size = SSL_read(tls_.get(), chunk.data(), static_cast<int>(chunk.size()));
    if (size <= 0) return false;
    input_.append(chunk.data(), static_cast<std::size_t>(size));
    return true;
}

Reply Client::receive() {
    Reply reply;
    std::size_t head_end = input_.find("\r\n\r\n");
    while (head_end == std::string::npos) {
        if (!read_more()) return reply;
        head_end = input_.find("\r\n\r\n");
    }
    reply.response = parse_head(std::string_view(input_).substr(0, head_end + 2));
    const std::size_t size = head_end + 4 + content_length(reply.response.headers);
    while (input_.size() < size)
        if (!read_more()) return reply;
    reply.response.body = input_.substr(head_end + 4, size - head_end - 4);
    input_.erase(0, size);
    reply.arrived = true;
    return reply;
}

bool Client::is_hung_up() {
    if (!input_.empty() || !tls_) return input_.empty();
    if (read_more()) return false;
    return SSL_get_shutdown(tls_.get()) == SSL_RECEIVED_SHUTDOWN ||
           recv(socket_, nullptr, 0, MSG_PEEK | MSG_DONTWAIT) == 0;
}

}  // namespace demo_node::replay
