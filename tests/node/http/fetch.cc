// Fetching a small file from a web server on this machine, as the node's own wget would.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/fetch.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace demo_node {

namespace {

constexpr std::size_t file_limit = std::size_t{16} << 20;
constexpr long patience_s = 5;
constexpr std::string_view scheme = "http://", here = "127.0.0.1:";

std::string refused(std::string_view place) {
    return fmt::format("download failed: Connecting to {}... failed: Connection refused.", place);
}

/// All that comes on a connection until its end.
std::string exchange(int connection, const std::string& request) {
    const timeval patience{.tv_sec = patience_s, .tv_usec = 0};
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    std::string answer;
    if (send(connection, request.data(), request.size(), MSG_NOSIGNAL) < 0) return answer;
    std::array<char, 65'536> piece;
    while (answer.size() < file_limit) {
        const ssize_t count = recv(connection, piece.data(), piece.size(), 0);
        if (count <= 0) break;
        answer.append(piece.data(), static_cast<std::size_t>(count));
    }
    return answer;
}

}  // namespace

std::expected<std::string, std::string> fetch(std::string_view url) {
    // What is elsewhere is not there for a stand-in: it speaks with nobody but this machine.
    constexpr std::string_view not_resolved = "download failed: exit code 4";
    if (!url.starts_with(scheme)) return std::unexpected(std::string(not_resolved));
    url.remove_prefix(scheme.size());
    const std::string_view place = url.substr(0, url.find('/'));
    if (!place.starts_with(here)) return std::unexpected(std::string(not_resolved));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(
        std::strtol(std::string(place.substr(here.size())).c_str(), nullptr, 10)));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool is_connected =
        connection >= 0 &&
        connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    std::string answer;
    if (is_connected)
        answer = exchange(connection, fmt::format("GET {} HTTP/1.0\r\nHost: {}\r\n\r\n",
                                                  url.substr(place.size()), place));
    if (connection >= 0) close(connection);
    if (!is_connected) return std::unexpected(refused(place));
    const std::size_t body = answer.find("\r\n\r\n");
    const std::string_view status = std::string_view(answer).substr(0, answer.find('\r'));
    if (body == std::string::npos || status.find(" 200 ") == std::string_view::npos)
        return std::unexpected("download failed: exit code 8");
    return answer.substr(body + 4);
}

std::string checksum_of(std::string_view content, const std::string& algorithm) {
    const EVP_MD* digest = EVP_get_digestbyname(algorithm.c_str());
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes;
    unsigned size = 0;
    if (digest == nullptr ||
        EVP_Digest(content.data(), content.size(), bytes.data(), &size, digest, nullptr) != 1)
        return {};
    std::string text;
    for (unsigned at = 0; at < size; ++at) text += fmt::format("{:02x}", bytes[at]);
    return text;
}

}  // namespace demo_node
