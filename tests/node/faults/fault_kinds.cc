// The table of faults: a name, what it means, and what it does to an answer.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "faults/fault_kinds.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>

namespace demo_node {
namespace {

constexpr int first_proxy_code = 595;
constexpr std::size_t nested_arrays = 100'000;
constexpr std::size_t bytes_per_mib = std::size_t{1} << 20;
constexpr std::string_view page =
    "<!DOCTYPE html><html><head><title>gateway</title></head>"
    "<body><h1>\x1b]0;page\x07It did not work</h1></body></html>\n";

void show_page(Answer& answer) {
    answer.body = page;
    answer.json = false;
    answer.with_length = true;
    answer.extra_headers += "Content-Type: text/html\r\n";
}

/// 502 and its like come from a web proxy with a page, 595 and its like from pveproxy with nothing.
void set_status(Answer& answer, const std::string& value) {
    answer.code = std::atoi(value.c_str());
    const std::size_t colon = value.find(':');
    answer.reason = colon == std::string::npos ? "Broken pipe" : value.substr(colon + 1);
    if (answer.code >= first_proxy_code) {
        answer.body.clear();
        answer.json = answer.with_length = false;
    } else {
        show_page(answer);
    }
}

void set_failure(Answer& answer, const std::string& value) {
    const std::size_t colon = value.find(':');
    const std::string text = colon == std::string::npos ? "" : value.substr(colon + 1) + "\n";
    const Answer failed = failure(std::atoi(value.c_str()), text);
    answer.code = failed.code;
    answer.reason = failed.reason;
    answer.body = failed.body;
}

/// Whoever stands in between may have a reason and a text that look like anybody's.
void speak_between(Answer& answer, const std::string& value) {
    answer.code = std::atoi(value.c_str());
    answer.reason = value.substr(std::min(value.find(':'), value.size() - 1) + 1);
    answer.body = answer.reason + "\n";
    answer.json = false;
    answer.with_length = true;
    answer.extra_headers += "Content-Type: text/plain\r\n";
}

struct Body {
    std::string_view name;
    std::string (*make)(const std::string& body);
};

constexpr Body bodies[] = {
    {"empty", [](const std::string&) { return std::string{}; }},
    {"null", [](const std::string&) { return std::string("null"); }},
    {"data-null", [](const std::string&) { return std::string(R"({"data":null})"); }},
    {"no-data", [](const std::string&) { return std::string(R"({"success":1})"); }},
    {"text", [](const std::string&) { return std::string("It works!\x1b[2J"); }},
    {"number", [](const std::string&) { return std::string(R"({"data":7})"); }},
    {"string", [](const std::string&) { return std::string(R"({"data":"UPID:\u001b[2J"})"); }},
    {"nan", [](const std::string&) { return std::string(R"({"data":[{"vmid":NaN}]})"); }},
    {"array", [](const std::string&) { return std::string(R"({"data":[1,[2],"x",null,{}]})"); }},
    {"object", [](const std::string&) { return std::string(R"({"data":{"vmid":[],"name":{}}})"); }},
    {"duplicate",
     [](const std::string& body) {
         return R"({"data":"first",)" + (body.empty() ? "}" : body.substr(1));
     }},
    {"deep", [](const std::string&) { return R"({"data":)" + std::string(nested_arrays, '['); }},
    {"bad-utf8",
     [](const std::string&) { return std::string("{\"data\":[{\"name\":\"\xff\xc0\x80\"}]}"); }},
    {"glued", [](const std::string& body) { return body + body; }},
    {"trailing", [](const std::string& body) { return body + "garbage"; }},
    {"half", [](const std::string& body) { return body.substr(0, body.size() / 2); }},
    {"no-such-task",
     [](const std::string&) {
         return std::string(R"({"data":null,"errors":{"upid":"no such task"}})");
     }},
    {"nul", [](const std::string& body) { return body + std::string(1, '\0'); }},
};

void set_body(Answer& answer, const std::string& value) {
    if (value == "html") return show_page(answer);
    const auto* body = std::ranges::find(bodies, value, &Body::name);
    if (body != std::end(bodies)) answer.body = body->make(answer.body);
}

constexpr std::size_t chunk_bytes = 7;

std::string in_chunks(std::string_view body) {
    std::string chunks;
    for (std::size_t at = 0; at < body.size(); at += chunk_bytes) {
        const std::string_view chunk = body.substr(at, chunk_bytes);
        chunks += fmt::format("{:x};x=\"y\"\r\n{}\r\n", chunk.size(), chunk);
    }
    return chunks + "0\r\nX-Trailer: z\r\n";
}

/// What may stand behind a body and must not become part of the head that came before it.
constexpr std::string_view odd_trailer =
    "HTTP/1.1 500: No\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 1\r\n"
    "Content-Type: text/html\r\n";

constexpr std::string_view early_heads =
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n"
    "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 5\r\n\r\n"
    "HTTP/1.1 102 Processing\r\n\r\n";

void frame(Answer& answer, const std::string& value) {
    if (value == "continue") answer.sending.prelude = "HTTP/1.1 100 Continue\r\n\r\n";
    if (value == "early") answer.sending.prelude = early_heads;
    if (value == "chunked" || value == "trailers") {
        answer.body = in_chunks(answer.body);
        if (value == "trailers") answer.body += odd_trailer;
        answer.body += "\r\n";
        answer.extra_headers += "Transfer-Encoding: chunked\r\n";
    }
    if (value == "gzip") {
        answer.body.insert(0, "\x1f\x8b\x08");
        answer.extra_headers += "Content-Encoding: gzip\r\n";
    }
    answer.with_length = value == "continue" || value == "early" || value == "gzip";
    answer.sending.ends_by_closing = value == "close";
}

void replace_text(Answer& answer, const std::string& value) {
    const std::size_t bar = std::min(value.find('|'), value.size());
    const std::string from = value.substr(0, bar);
    const std::string to = value.substr(std::min(bar + 1, value.size()));
    for (std::size_t at = answer.body.find(from); !from.empty() && at != std::string::npos;
         at = answer.body.find(from, at + to.size()))
        answer.body.replace(at, from.size(), to);
}

/// A node's clock shows in its answers alone.
void set_clock(Answer& answer, const std::string& value) {
    const std::time_t now = std::time(nullptr) + std::atoi(value.c_str());
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::array<char, 64> text{};
    std::strftime(text.data(), text.size(), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
    answer.extra_headers.insert(0, text.data());
}

void send_noughts(Answer& answer, const std::string& value) {
    const std::size_t size = static_cast<std::size_t>(std::atoi(value.c_str())) * bytes_per_mib;
    answer.body = R"({"data":[0)";
    while (answer.body.size() < size) answer.body += ",0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0";
    answer.body += "]}";
}

constexpr FaultKind table[] = {
    {"refuse", "", "close the new connection at once", nullptr, Welcome::refuse},
    {"mute", "", "take the new connection and never say a word", nullptr, Welcome::mute},
    {"plain", "", "answer the new connection without TLS", nullptr, Welcome::plain},
    {"tls-cut", "", "close the new connection at its first byte", nullptr, Welcome::tls_cut},
    {"cut", "WHERE", "close after 0 or N bytes, the status line, the headers, half of the body",
     [](Answer& answer, const std::string& value) {
         answer.sending.cut = value.empty() ? "0" : value;
     }},
    {"reset", "", "reset the connection instead of answering",
     [](Answer& answer, const std::string&) { answer.sending.reset = true; }},
    {"hang", "", "never answer",
     [](Answer& answer, const std::string&) { answer.sending.hang = true; }},
    {"drip", "MS", "send the answer byte by byte, one in MS milliseconds",
     [](Answer& answer, const std::string& value) {
         answer.sending.drip_ms = std::max(1, std::atoi(value.c_str()));
     }},
    {"split", "", "send every byte in a TLS record of its own",
     [](Answer& answer, const std::string&) { answer.sending.is_split = true; }},
    {"twice", "", "send the whole answer again, right behind itself",
     [](Answer& answer, const std::string&) { answer.sending.is_doubled = true; }},
    {"framing", "KIND",
     "chunked, trailers (odd ones), close (HTTP/1.0), continue (a 100 before), early (more before),"
     " gzip (unasked)",
     frame},
    {"garbage", "", "send something else before the answer",
     [](Answer& answer, const std::string&) {
         answer.sending.prelude = "SSH-2.0-nobody\r\n\x1b[2J\r\n\r\n";
     }},
    {"length", "BYTES", "say that the body has so many more bytes than it has",
     [](Answer& answer, const std::string& value) {
         answer.length_lie = std::atoi(value.c_str());
     }},
    {"delay", "MS", "answer later",
     [](Answer& answer, const std::string& value) { answer.delay_ms += std::atoi(value.c_str()); }},
    {"status", "CODE[:REASON]", "a page of a web proxy, or nothing from 595 on", set_status},
    {"between", "CODE:TEXT", "what somebody in between says, as plain text", speak_between},
    {"fail", "CODE:TEXT", "an error of the API, as JSON", set_failure},
    {"redirect", "URL", "301 to URL",
     [](Answer& answer, const std::string& value) {
         set_status(answer, "301:Moved Permanently");
         answer.extra_headers += "Location: " + value + "\r\n";
     }},
    {"body", "KIND",
     "html, empty, null, data-null, no-data, text, number, string, nan, array, object, duplicate,"
     " deep, bad-utf8, glued, trailing, half, nul, no-such-task",
     set_body},
    {"replace", "OLD|NEW", "other words in the answer's body", replace_text},
    {"clock", "SECONDS", "a clock that is so far ahead", set_clock},
    {"date", "TEXT", "say that it is TEXT",
     [](Answer& answer, const std::string& value) {
         answer.extra_headers.insert(0, "Date: " + value + "\r\n");
     }},
    {"huge", "MIB", "a body of that size, a list of noughts", send_noughts},
    {"headers", "COUNT", "so many more header lines, of 100 bytes",
     [](Answer& answer, const std::string& value) {
         for (int line = 0; line < std::atoi(value.c_str()); ++line)
             answer.extra_headers += fmt::format("X-{:<96}\r\n", fmt::format("{}: x", line));
     }},
    {"no-worker", "", "the task's worker dies before it does anything: a 500, and a dead task",
     [](Answer&, const std::string&) {}},
    {"random", "", "any of the faults of a network", [](Answer&, const std::string&) {}},
};

}  // namespace

const FaultKind* find_fault_kind(std::string_view name) {
    const auto* found = std::ranges::find(table, name, &FaultKind::name);
    return found == std::end(table) ? nullptr : found;
}

std::string fault_usage() {
    std::string text =
        "\nA fault is its kind and, where it strikes: method=M path=REGEX form=REGEX nth=2-3\n"
        "rate=0.5; with the word 'instead' the work is not done. Words are set apart by blanks,\n"
        "values are percent-encoded: --fault 'cut=half method=POST path=/qemu/100/'.\n\n";
    for (const FaultKind& kind : table)
        text += fmt::format("  {:<20} {}\n",
                            kind.value.empty() ? std::string(kind.name)
                                               : fmt::format("{}={}", kind.name, kind.value),
                            kind.meaning);
    return text;
}

}  // namespace demo_node
