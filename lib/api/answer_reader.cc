// An AnswerReader puts an Answer together from header lines and pieces of body, within the limits.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/answer_reader.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <ctime>
#include <string>

#include "base/large_pages.h"
#include "json/json.h"

namespace proxmox {
namespace {

/// A body is made room for in advance up to this size; larger ones have to arrive first.
constexpr std::size_t reserve_limit = std::size_t{8} << 20;

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// The value of the header `name`, nothing when the line is another header.
std::optional<std::string_view> value_of(std::string_view line, std::string_view name) {
    if (line.size() <= name.size() || line[name.size()] != ':' ||
        strncasecmp(line.data(), name.data(), name.size()) != 0)
        return std::nullopt;
    return trimmed(line.substr(name.size() + 1));
}

void take_status_line(Answer& answer, std::string_view line) {
    const std::size_t code = line.find(' ');
    if (code == std::string_view::npos) return;
    const std::size_t reason = line.find(' ', code + 1);
    const std::string_view digits = trimmed(line.substr(code + 1, reason - code - 1));
    answer.status = static_cast<int>(json::integer_of(digits).value_or(0));
    answer.reason = reason == std::string_view::npos ? "" : trimmed(line.substr(reason));
}

/// The one form of date that servers may send.
std::optional<std::time_t> date_of(std::string_view text) {
    std::tm parts{};
    const std::string date(text);
    const char* end = strptime(date.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    if (end == nullptr || *end != '\0') return std::nullopt;
    // Not timegm(), which reads the machine's time zone first.
    using namespace std::chrono;
    const sys_days day = year{parts.tm_year + 1900} / (parts.tm_mon + 1) / parts.tm_mday;
    return system_clock::to_time_t(day + hours{parts.tm_hour} + minutes{parts.tm_min} +
                                   seconds{parts.tm_sec});
}

}  // namespace

bool AnswerReader::take_header(std::string_view line) {
    header_bytes_ += line.size();
    has_overflowed_ = has_overflowed_ || header_bytes_ > header_limit;
    if (has_overflowed_) return false;
    // A head behind "100 Continue" begins anew; what stands behind a body is no head.
    constexpr int first_final_status = 200;
    if (has_whole_head_ && answer_.status >= first_final_status) return true;
    if (line.starts_with("HTTP/")) has_whole_head_ = false;
    has_whole_head_ = has_whole_head_ || trimmed(line).empty();
    if (line.starts_with("HTTP/")) {
        take_status_line(answer_, line);
    } else if (const auto date = value_of(line, "Date")) {
        answer_.date = date_of(*date);
    } else if (const auto type = value_of(line, "Content-Type")) {
        answer_.content_type = *type;
    } else if (const auto length = value_of(line, "Content-Length")) {
        const auto said = json::integer_of(*length).value_or(0);
        const auto bytes = static_cast<std::size_t>(std::max<std::int64_t>(said, 0));
        has_overflowed_ = bytes > body_limit_;
        if (!has_overflowed_ && bytes > 0 && bytes <= reserve_limit)
            reserve_large(answer_.body, bytes + json::padding);
    }
    return !has_overflowed_;
}

bool AnswerReader::take_body(std::string_view piece) {
    has_overflowed_ = has_overflowed_ || answer_.body.size() + piece.size() > body_limit_;
    if (!has_overflowed_) answer_.body += piece;
    return !has_overflowed_;
}

}  // namespace proxmox
