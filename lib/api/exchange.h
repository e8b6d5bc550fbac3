// Requests and answers: what is asked of the API, and what came back below HTTP's meaning.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace proxmox {

using std::chrono::milliseconds;
using std::chrono::seconds;

enum class Method : std::uint8_t { none, get, post, put, del };

/// As HTTP spells it; empty for none.
constexpr std::string_view name_of(Method method) {
    switch (method) {
        case Method::none: return "";
        case Method::get: return "GET";
        case Method::post: return "POST";
        case Method::put: return "PUT";
        case Method::del: return "DELETE";
    }
    return "";
}

inline constexpr milliseconds connect_limit{2'000};
inline constexpr milliseconds read_limit{10'000};
/// How long the answer to a question is awaited in all, however often it is asked; a variable may
/// say otherwise.
inline constexpr milliseconds answer_patience{30'000};
/// Longer than the 30 s after which pveproxy itself gives up on the answer.
inline constexpr milliseconds change_limit{40'000};
inline constexpr std::size_t header_limit = std::size_t{64} << 10;

struct Request {
    Method method = Method::get;
    /// Encoded, with its query; "/api2/json" is put before it.
    std::string path{};
    /// Only for POST and PUT.
    std::string body{};
    bool body_is_json = false;
    milliseconds limit = read_limit;
    /// In the place of the path: a whole address elsewhere, which is asked without our token.
    std::string address{};
};

/// What became of a request below HTTP.
enum class Transport : std::uint8_t {
    answered,
    not_connected,  // no byte of the request was sent
    unresolved,     // ... because the host's name has no address
    port_closed,    // ... because no connection came about
    refused_identity,
    lost,       // sent, at least in part, and not answered whole
    silent,     // ... because the answer did not come in time
    too_large,  // more header or body than the question can need
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
    /// From the moment the request left our queue.
    milliseconds took{};
};

}  // namespace proxmox
