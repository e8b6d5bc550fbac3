// Writing an answer with the status line, the headers and the order that pveproxy has.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>

#include "http/http.h"
#include "http/json.h"

namespace demo_node {

namespace {

constexpr int first_error_code = 400;

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

std::string http_date(std::time_t now) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::array<char, 64> text{};
    const std::size_t size =
        std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return std::string(text.data(), size);
}

std::int64_t said_length(const Answer& answer) {
    return std::max<std::int64_t>(std::ssize(answer.body) + answer.length_lie, 0);
}

}  // namespace

Answer success(std::string_view json) { return {.body = fmt::format("{{\"data\":{}}}", json)}; }

Answer failure(int code, std::string_view message, std::string_view errors) {
    const std::string text = quoted(message);
    return {.code = code,
            .reason = std::string(first_line(message)),
            .body = errors.empty()
                        ? fmt::format(R"({{"data":null,"message":{}}})", text)
                        : fmt::format(R"({{"errors":{},"data":null,"message":{}}})", errors, text)};
}

Answer plain_failure(int code, std::string_view message) {
    return {.code = code,
            .reason = std::string(first_line(message)),
            .body = std::string(message),
            .json = false};
}

Answer silent_failure(int code, std::string_view reason) {
    return {.code = code, .reason = std::string(reason), .json = false, .with_length = false};
}

std::size_t bytes_to_send(const Answer& answer, std::string_view rendered) {
    const std::string& cut = answer.sending.cut;
    if (answer.sending.reset || answer.sending.hang) return 0;
    if (cut.empty()) return rendered.size();
    const std::size_t head = rendered.size() - answer.body.size();
    if (cut == "status") return rendered.find('\n') + 1;
    if (cut == "headers") return head;
    if (cut == "half") return head + answer.body.size() / 2;
    return std::min(rendered.size(), static_cast<std::size_t>(std::atoi(cut.c_str())));
}

std::string render(const Answer& answer, int minor_version, bool keep_alive) {
    const std::string date = http_date(std::time(nullptr));
    std::string out = fmt::format("HTTP/1.{} {} {}\r\nCache-Control: max-age=0\r\n", minor_version,
                                  answer.code, answer.reason);
    // A forwarded answer still has pvedaemon's own "close" in front of pveproxy's verdict.
    if (answer.forwarded && keep_alive && answer.code < first_error_code)
        out += "Connection: close\r\n";
    out += keep_alive ? "Connection: Keep-Alive\r\n" : "Connection: close\r\n";
    if (!answer.extra_headers.starts_with("Date: ")) out += fmt::format("Date: {}\r\n", date);
    out += "Pragma: no-cache\r\nServer: pve-api-daemon/3.0\r\n";
    if (answer.with_length) out += fmt::format("Content-Length: {}\r\n", said_length(answer));
    if (answer.json) out += "Content-Type: application/json;charset=UTF-8\r\n";
    out += answer.extra_headers;
    out += fmt::format("Expires: {}\r\n\r\n", date);
    return out += answer.body;
}

}  // namespace demo_node
