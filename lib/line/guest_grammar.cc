// The grammars of what leads into guests: hosts, users, disks and the like.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "line/guest_grammar.h"

#include <algorithm>

#include "json/json.h"
#include "line/address.h"

namespace proxmox {
namespace {

constexpr std::size_t longest_host = 253;
constexpr std::size_t longest_label = 63;
constexpr std::size_t longest_user = 32;
constexpr std::size_t longest_url = 512;
constexpr std::size_t longest_list = 256;
constexpr std::size_t uuid_size = 36;

constexpr bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
constexpr bool is_alphanumeric(char byte) {
    return is_digit(byte) || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}
constexpr bool is_hexadecimal(char byte) {
    return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

/// Begins with a letter or digit and goes on with those and bytes of `others`.
bool is_word(std::string_view text, std::string_view others, std::size_t longest) {
    return !text.empty() && text.size() <= longest && is_alphanumeric(text.front()) &&
           std::ranges::all_of(text, [others](char byte) {
               return is_alphanumeric(byte) || others.contains(byte);
           });
}

bool is_host_name(std::string_view text) {
    return is_word(text, "-", longest_label) && text.back() != '-';
}

bool is_host(std::string_view text) {
    // Digits and dots alone are an address or nothing: "100" must not become a host.
    const bool is_number =
        std::ranges::all_of(text, [](char b) { return is_digit(b) || b == '.'; });
    if (is_number || text.contains(':')) return parse_address(text).has_value();
    return is_word(text, ".-", longest_host) && is_alphanumeric(text.back()) &&
           !text.contains("..");
}

bool is_uuid(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool is_dash = at == 8 || at == 13 || at == 18 || at == 23;
        if (is_dash ? text[at] != '-' : !is_hexadecimal(text[at])) return false;
    }
    return text.size() == uuid_size;
}

/// A whole disk by the kernel's name: sda, vdb, xvda, nvme0n1, mmcblk0.
bool is_disk(std::string_view text) {
    constexpr std::string_view devices = "/dev/";
    return text.starts_with(devices) && is_word(text.substr(devices.size()), "", longest_label);
}

bool is_url(std::string_view text) {
    const bool has_scheme = text.starts_with("http://") || text.starts_with("https://");
    return has_scheme && text.size() <= longest_url && std::ranges::all_of(text, [](char byte) {
               return is_alphanumeric(byte) || std::string_view("-._~:/%+@=").contains(byte);
           });
}

/// Addresses with single spaces between them.
bool is_address_list(std::string_view text) {
    if (text.size() > longest_list) return false;
    while (true) {
        const std::size_t space = text.find(' ');
        if (!parse_address(text.substr(0, space))) return false;
        if (space == std::string_view::npos) return true;
        text.remove_prefix(space + 1);
    }
}

bool is_number(std::string_view text) {
    constexpr std::int64_t largest = 86'400;
    const auto number = json::integer_of(text);
    return number && *number >= 0 && *number <= largest && is_digit(text.front());
}

bool is_file_mode(std::string_view text) {
    return (text.size() == 3 || text.size() == 4) &&
           std::ranges::all_of(text, [](char byte) { return byte >= '0' && byte <= '7'; });
}

}  // namespace

bool is_of_guest(Type type, std::string_view text) {
    switch (type) {
        case Type::host: return is_host(text);
        case Type::host_name: return is_host_name(text);
        case Type::user_name: return is_word(text, "._-", longest_user);
        case Type::uuid: return is_uuid(text);
        case Type::disk: return is_disk(text);
        case Type::url: return is_url(text);
        case Type::addresses: return is_address_list(text);
        case Type::network: return parse_network(text).has_value();
        case Type::family: return text == "4" || text == "6";
        case Type::number: return is_number(text);
        case Type::file_mode: return is_file_mode(text);
        case Type::branch: return is_word(text, ".-", longest_label);
        default: break;
    }
    return false;
}

std::string_view name_in_guest(Type type) {
    switch (type) {
        case Type::host: return "a host's name or address";
        case Type::host_name: return "a host name without dots";
        case Type::user_name: return "a user's name";
        case Type::uuid: return "a uuid";
        case Type::disk: return "a whole disk like /dev/sda";
        case Type::url: return "an http or https address";
        case Type::addresses: return "addresses with spaces between them";
        case Type::network: return "a network like 10.0.0.0/8";
        case Type::family: return "4 or 6";
        case Type::number: return "a number from 0 to 86400";
        case Type::file_mode: return "an octal file mode like 0644";
        case Type::branch: return "a branch like latest-stable";
        default: break;
    }
    return {};
}

}  // namespace proxmox
