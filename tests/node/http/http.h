// HTTP as pveproxy speaks it: one request read from bytes, one answer written as bytes.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/sending.h"

namespace demo_node {

constexpr std::size_t max_header_lines = 64;
constexpr std::size_t max_header_bytes = 8 * 1024;
constexpr std::size_t max_request_line = 64 * 1024;
constexpr std::size_t max_body_bytes = 512 * 1024;
constexpr int max_requests_per_connection = 100;

/// One request; `path` is percent-decoded as a whole, before anything looks at its segments.
struct Request {
    std::string method;
    std::string raw_path;
    std::string path;
    std::string query;
    int major_version = 1;
    int minor_version = 1;
    std::vector<std::pair<std::string, std::string>> headers{};
    std::size_t content_length = 0;
    bool chunked = false;
    std::string body{};

    /// The first header of this name (given in lower case), or nullptr.
    const std::string* header(std::string_view name) const;
    bool wants_keep_alive() const;
};

/// One answer before it is bytes. `forwarded` ones carry both `Connection` headers.
struct Answer {
    int code = 200;
    std::string reason = "OK";
    std::string body{};
    bool json = true;
    bool with_length = true;
    int length_lie = 0;
    bool forwarded = false;
    int delay_ms = 0;
    std::string upid{};
    /// Whole header lines with their line ends.
    std::string extra_headers{};
    Sending sending{};
    /// The faults that this answer met, for the log.
    std::string fault{};
};

/// 200 with `{"data":...}`.
Answer success(std::string_view json);

/// Any error as the JSON formatter writes it; `errors` is a JSON object or empty.
Answer failure(int code, std::string_view message, std::string_view errors = {});

/// An error that is raised before a formatter is known: plain text, no type.
Answer plain_failure(int code, std::string_view message);

/// An error without a body and without a length.
Answer silent_failure(int code, std::string_view reason);

enum class HeadState { incomplete, complete, malformed, too_large };

/// Takes one request head off the front of `input` when it is there in full.
HeadState take_head(std::string& input, Request& request);

/// How many bytes of the rendered answer go out.
std::size_t bytes_to_send(const Answer& answer, std::string_view rendered);

std::string render(const Answer& answer, int minor_version, bool keep_alive);

std::string percent_decode(std::string_view text, bool plus_is_blank);

}  // namespace demo_node
