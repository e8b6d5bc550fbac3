// Requests to one Proxmox API host, many at a time on one thread.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "action.h"
#include "error.h"
#include "secret.h"
#include "trust.h"

namespace proxmox {

using std::chrono::milliseconds;

/// Proxmox runs three API workers on each node: a fourth request would only wait there.
inline constexpr std::size_t requests_per_node = 3;
inline constexpr milliseconds connect_limit{2'000};
inline constexpr milliseconds read_limit{10'000};
/// Longer than the 30 s after which pveproxy itself gives up on the answer.
inline constexpr milliseconds change_limit{40'000};
inline constexpr std::size_t body_limit = std::size_t{64} << 20;
inline constexpr std::size_t header_limit = std::size_t{64} << 10;

struct Request {
    Method method = Method::get;
    /// Encoded, with its query; "/api2/json" is put before it.
    std::string path{};
    /// Form-encoded; only for POST and PUT.
    std::string body{};
    milliseconds limit = read_limit;
};

/// What became of a request below HTTP.
enum class Transport : std::uint8_t {
    answered,
    not_connected,  // no byte of the request was sent
    refused_identity,
    lost,       // sent, at least in part, and not answered whole
    too_large,  // more header or body than we take
};

struct Answer {
    Transport transport = Transport::not_connected;
    /// Why, when not answered: a sentence part.
    std::string trouble{};
    int status = 0;
    std::string reason{};
    std::string content_type{};
    std::string body{};
    std::optional<std::time_t> date{};
};

/// A finished transfer: the number that `start` gave, and the answer.
struct Finished {
    std::uint64_t ticket = 0;
    Answer answer;
};

/// Where and as whom: everything a request needs besides itself.
struct Endpoint {
    std::string host_and_port;
    /// The whole header line, with a NUL at its end: "Authorization: PVEAPIToken=..."; where it is
    /// empty, none is sent.
    vault::Secret authorization;
};

/// Sends requests, at most `requests_per_node` at once to each node; changes go on connections of
/// their own, so that nothing below us ever sends one twice.
class Transfers {
  public:
    static Result<std::unique_ptr<Transfers>> open(Endpoint endpoint, Trust& trust);
    ~Transfers();

    std::uint64_t start(Request request);
    /// Changes that are still queued will not be sent; gives back their tickets.
    std::vector<std::uint64_t> forget_unsent_changes();

    /// Works until a transfer ends, a descriptor is readable, or the time is up.
    Outcome wait(milliseconds time, std::span<const int> descriptors);
    std::vector<Finished> take_finished();
    /// What the judgement of the server's key has to say.
    std::vector<std::string> take_notes();
    /// Whether `descriptors[at]` of the last wait had something to read.
    bool was_readable(std::size_t at) const;

  private:
    struct Machinery;
    explicit Transfers(std::unique_ptr<Machinery> machinery);
    std::unique_ptr<Machinery> machinery_;
};

}  // namespace proxmox
