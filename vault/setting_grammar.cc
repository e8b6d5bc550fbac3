// What a setting may look like: allow-lists, because what is sent is made of these texts.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "setting_grammar.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

namespace proxmox::vault {
namespace {

constexpr std::size_t host_name_limit = 253;
constexpr std::size_t host_label_limit = 63;
constexpr std::size_t text_limit = 256;
constexpr std::size_t line_limit = 4096;
constexpr int port_limit = 65'535;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_alphanumeric(char c) { return is_letter(c) || is_digit(c); }
constexpr bool is_printable(char c) { return c > ' ' && c <= '~'; }

constexpr bool contains(std::string_view set, char c) { return set.find(c) != set.npos; }

bool consists_of(std::string_view text, std::size_t limit, auto allowed) {
    return !text.empty() && text.size() <= limit && std::ranges::all_of(text, allowed);
}

bool is_port(std::string_view text) {
    int port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() && is_digit(text[0]) &&
           text[0] != '0' && port > 0 && port <= port_limit;
}

bool is_address(int family, std::string_view text) {
    std::array<char, INET6_ADDRSTRLEN + 1> copy{};
    std::array<unsigned char, sizeof(in6_addr)> address;
    if (text.size() >= copy.size()) return false;
    std::ranges::copy(text, copy.begin());
    return inet_pton(family, copy.data(), address.data()) == 1;
}

bool is_label(std::string_view label) {
    return consists_of(label, host_label_limit,
                       [](char c) { return is_alphanumeric(c) || c == '-' || c == '_'; }) &&
           label.front() != '-' && label.back() != '-';
}

/// What URL parsers take for a number, and therefore the whole name for an odd IPv4 address.
bool is_number(std::string_view label) {
    if (label.starts_with("0x") || label.starts_with("0X")) return true;
    return std::ranges::all_of(label, is_digit);
}

bool is_host_name(std::string_view name) {
    if (name.size() > host_name_limit) return false;
    for (std::size_t start = 0;;) {
        const std::size_t dot = name.find('.', start);
        const std::string_view label = name.substr(start, dot - start);
        if (!is_label(label)) return false;
        if (dot == name.npos) return !is_number(label);
        start = dot + 1;
    }
}

}  // namespace

bool is_api_host(std::string_view text) {
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == text.npos || !is_address(AF_INET6, text.substr(1, end - 1))) return false;
        const std::string_view rest = text.substr(end + 1);
        return rest.empty() || (rest[0] == ':' && is_port(rest.substr(1)));
    }
    const std::size_t colon = text.find(':');
    const std::string_view host = text.substr(0, colon);
    if (colon != text.npos && !is_port(text.substr(colon + 1))) return false;
    return is_address(AF_INET, host) || is_host_name(host);
}

bool is_api_user(std::string_view text) {
    const std::size_t at = text.rfind('@');
    if (at == text.npos) return false;
    const std::string_view realm = text.substr(at + 1);
    return consists_of(text.substr(0, at), text_limit,
                       [](char c) { return is_printable(c) && !contains(":/!=", c); }) &&
           is_token_id(realm);
}

bool is_token_id(std::string_view text) {
    return consists_of(text, text_limit,
                       [](char c) { return is_alphanumeric(c) || contains("._-", c); }) &&
           is_letter(text[0]);
}

bool is_token_secret(std::string_view text) { return consists_of(text, text_limit, is_printable); }

bool is_node_name(std::string_view text) {
    return consists_of(text, host_label_limit,
                       [](char c) { return is_alphanumeric(c) || c == '-'; }) &&
           text.front() != '-' && text.back() != '-';
}

bool is_plain_line(std::string_view text) {
    return consists_of(text, line_limit, [](char c) { return is_printable(c) || c == ' '; });
}

}  // namespace proxmox::vault
