// Reading a request head with the limits of pveproxy.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <charconv>

#include "http/http.h"

namespace demo_node {

namespace {

bool equal_ignoring_case(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, [](char one, char other) {
        return std::tolower(static_cast<unsigned char>(one)) ==
               std::tolower(static_cast<unsigned char>(other));
    });
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::string_view take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

bool read_request_line(std::string_view line, Request& request) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || last == first) return false;
    const std::string_view target = line.substr(first + 1, last - first - 1);
    const std::string_view version = line.substr(last + 1);
    constexpr std::string_view protocol = "HTTP/";
    constexpr std::size_t version_size = protocol.size() + 3;
    if (first == 0 || target.empty() || target.find(' ') != std::string_view::npos ||
        version.size() != version_size || !version.starts_with(protocol) ||
        !std::isdigit(static_cast<unsigned char>(version[protocol.size()])) ||
        !std::isdigit(static_cast<unsigned char>(version.back())))
        return false;
    request.method = line.substr(0, first);
    request.major_version = version[protocol.size()] - '0';
    request.minor_version = version.back() - '0';
    const std::size_t question = target.find('?');
    request.raw_path = target.substr(0, question);
    request.path = percent_decode(request.raw_path, false);
    if (question != std::string_view::npos) request.query = target.substr(question + 1);
    return true;
}

void read_header(std::string_view line, Request& request) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (equal_ignoring_case(name, "content-length"))
        std::from_chars(value.data(), value.data() + value.size(), request.content_length);
    if (equal_ignoring_case(name, "transfer-encoding")) request.chunked = true;
    request.headers.emplace_back(name, value);
}

}  // namespace

const std::string* Request::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (equal_ignoring_case(key, name)) return &value;
    return nullptr;
}

bool Request::wants_keep_alive() const {
    const std::string* connection = header("connection");
    if (minor_version == 0) return connection && equal_ignoring_case(*connection, "keep-alive");
    return !connection || !equal_ignoring_case(*connection, "close");
}

HeadState take_head(std::string& input, Request& request) {
    const std::size_t line_end = input.find('\n');
    if (line_end == std::string::npos)
        return input.size() > max_request_line ? HeadState::too_large : HeadState::incomplete;
    // The request line does not count towards the limits of the header lines.
    std::size_t at = line_end + 1;
    for (std::size_t lines = 0;; ++lines) {
        if (lines >= max_header_lines || at - line_end > max_header_bytes)
            return HeadState::too_large;
        const std::size_t end = input.find('\n', at);
        if (end == std::string::npos)
            return input.size() - line_end > max_header_bytes ? HeadState::too_large
                                                              : HeadState::incomplete;
        const std::string_view line(input.data() + at, end - at);
        at = end + 1;
        if (line.empty() || line == "\r") break;
    }
    std::string_view head(input.data(), at);
    const bool well_formed = read_request_line(take_line(head), request);
    while (!head.empty()) read_header(take_line(head), request);
    input.erase(0, at);
    return well_formed ? HeadState::complete : HeadState::malformed;
}

std::string percent_decode(std::string_view text, bool plus_is_blank) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        unsigned value = 0;
        const char* const digits = text.data() + at + 1;
        if (text[at] == '%' && at + 2 < text.size() &&
            std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2) {
            out += static_cast<char>(value);
            at += 2;
        } else {
            out += plus_is_blank && text[at] == '+' ? ' ' : text[at];
        }
    }
    return out;
}

}  // namespace demo_node
