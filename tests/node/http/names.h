// The grammars of Proxmox VE's names: VM ids, nodes, snapshots.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <string_view>

namespace demo_node {

constexpr bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

constexpr bool is_letter(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/// 100 to 999999999, without a leading zero.
constexpr bool is_vmid(std::string_view text) {
    return text.size() >= 3 && text.size() <= 9 && text[0] != '0' &&
           std::ranges::all_of(text, is_digit);
}

/// A letter, then letters, digits, '_' or '-'; the length is checked apart.
constexpr bool is_config_id(std::string_view text) {
    return text.size() >= 2 && is_letter(text[0]) && std::ranges::all_of(text, [](char byte) {
               return is_letter(byte) || is_digit(byte) || byte == '_' || byte == '-';
           });
}

constexpr bool is_dns_label(std::string_view text) {
    return !text.empty() && text.front() != '-' && text.back() != '-' &&
           std::ranges::all_of(
               text, [](char byte) { return is_letter(byte) || is_digit(byte) || byte == '-'; });
}

/// Labels with dots between them.
constexpr bool is_dns_name(std::string_view text) {
    while (true) {
        const std::size_t dot = text.find('.');
        if (!is_dns_label(text.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        text.remove_prefix(dot + 1);
    }
}

constexpr bool is_tag(std::string_view text) {
    constexpr std::string_view others = "-+.";
    const auto is_word = [](char byte) { return is_letter(byte) || is_digit(byte) || byte == '_'; };
    return !text.empty() && is_word(text.front()) && std::ranges::all_of(text, [&](char byte) {
        return is_word(byte) || others.find(byte) != std::string_view::npos;
    });
}

constexpr bool is_node_name(std::string_view text) {
    return !text.empty() && text.front() != '-' && text.back() != '-' &&
           std::ranges::all_of(
               text, [](char byte) { return is_letter(byte) || is_digit(byte) || byte == '-'; });
}

}  // namespace demo_node
