// The forms that values have in Proxmox VE's schemas, each with the words that refuse it.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/forms.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstdlib>

#include "http/names.h"

namespace demo_node {

namespace {

constexpr std::string_view invalid = "invalid format - ";
constexpr long last_port = 65'535;

std::string refuse(std::string_view why) { return fmt::format("{}{}\n", invalid, why); }

bool is_word_byte(char byte) {
    return is_letter(byte) || is_digit(byte) || byte == '_' || byte == '-';
}

bool is_all(std::string_view text, auto fits) {
    return !text.empty() && std::ranges::all_of(text, fits);
}

/// An address is 4 or 16 bytes, of which so many are used.
using Bytes = std::array<unsigned char, 16>;

int version_of(const std::string& text, Bytes& bytes) {
    if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return 4;
    return inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1 ? 6 : 0;
}

std::string prefix_error(const Network& network) {
    if (network.version == 0 || network.prefix <= network.longest()) return {};
    return fmt::format("Prefix length {} is longer than IP address ({})", network.prefix,
                       network.longest());
}

}  // namespace

std::vector<std::string> split_list(std::string_view text, std::string_view separators) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::size_t end = text.find_first_of(separators);
        if (end != 0) words.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return words;
}

bool is_integer(std::string_view text) {
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    return is_all(text, is_digit);
}

bool is_number(std::string_view text) {
    const std::size_t dot = text.find('.');
    return is_integer(text.substr(0, dot)) &&
           (dot == std::string_view::npos || is_all(text.substr(dot + 1), is_digit));
}

Network read_network(std::string_view text) {
    Network network;
    const std::size_t slash = text.find('/');
    network.address = text.substr(0, slash);
    Bytes bytes{};
    network.version = version_of(network.address, bytes);
    network.prefix = network.longest();
    network.has_prefix = slash != std::string_view::npos;
    if (!network.has_prefix) return network;
    const std::string prefix(text.substr(slash + 1));
    constexpr std::size_t most_digits = 3;
    if (is_all(prefix, is_digit) && prefix.size() <= most_digits)
        network.prefix = static_cast<int>(std::strtol(prefix.c_str(), nullptr, 10));
    else
        network.version = 0;
    return network;
}

bool is_inside(const Network& network, std::string_view address) {
    Bytes outer{};
    Bytes inner{};
    if (version_of(network.address, outer) != version_of(std::string(address), inner)) return false;
    for (int bit = 0; bit < network.prefix; ++bit) {
        const auto at = static_cast<std::size_t>(bit / CHAR_BIT);
        const int mask = 1 << (CHAR_BIT - 1 - bit % CHAR_BIT);
        if ((outer.at(at) & mask) != (inner.at(at) & mask)) return false;
    }
    return true;
}

std::string choice_error(std::string_view value, std::string_view choices) {
    if (choices.empty()) return {};
    const std::string list = fmt::format(", {}, ", choices);
    if (list.find(fmt::format(", {}, ", value)) != std::string::npos) return {};
    return fmt::format("value '{}' does not have a value in the enumeration '{}'", value, choices);
}

std::string address_error(std::string_view value) {
    const Network network = read_network(value);
    if (network.version != 0 && !network.has_prefix) return {};
    return refuse("value does not look like a valid IP address");
}

std::string network_error(std::string_view value) {
    const Network network = read_network(value);
    if (network.version == 0)
        return refuse("value does not look like a valid IP address or network");
    const std::string error = prefix_error(network);
    return error.empty() ? error : refuse(error);
}

std::string interface_network_error(std::string_view value) {
    const Network network = read_network(value);
    if (network.version == 4 && network.has_prefix && network.prefix <= network.longest())
        return {};
    return refuse("value does not look like a valid IPv4 CIDR network");
}

std::string ip_configuration_error(std::string_view value) {
    if (value == "dhcp" || value == "manual") return {};
    const Network network = read_network(value);
    if (network.version == 4 && network.has_prefix && network.prefix <= network.longest())
        return {};
    return refuse("value does not look like a valid ipv4 network configuration");
}

std::string ipv4_error(std::string_view value) {
    const Network network = read_network(value);
    if (network.version == 4 && !network.has_prefix) return {};
    return refuse("value does not look like a valid IPv4 address");
}

std::string ipv6_error(std::string_view value) {
    const Network network = read_network(value);
    if (network.version == 6 && !network.has_prefix) return {};
    return refuse("value does not look like a valid IPv6 address");
}

std::string hardware_address_error(std::string_view value) {
    constexpr std::size_t length = 17, group = 3;
    constexpr std::string_view even = "02468aceACE";
    bool fits = value.size() == length && even.find(value[1]) != std::string_view::npos;
    for (std::size_t at = 0; fits && at < length; ++at) {
        const char byte = value[at];
        const bool is_hex =
            is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
        fits = at % group == group - 1 ? byte == ':' : is_hex;
    }
    return fits ? "" : refuse("value does not look like a valid unicast MAC address");
}

std::string interface_name_error(std::string_view value) {
    const bool fits = !value.empty() && is_letter(value[0]) && is_all(value, [](char byte) {
        return is_word_byte(byte) || byte == '.' || byte == ':';
    }) && value.find('-') == std::string_view::npos;
    return fits ? "" : refuse(fmt::format("invalid network interface name '{}'", value));
}

std::string port_error(std::string_view value) {
    for (const std::string& word : split_list(value, ", "))
        for (const std::string& end : split_list(word, ":"))
            if (is_all(end, is_digit) ? std::strtol(end.c_str(), nullptr, 10) > last_port
                                      : !is_all(end, is_word_byte))
                return refuse(fmt::format("invalid port '{}'", end));
    return {};
}

/// An alias, a set "+name", a list or a range of addresses; whether it is there is asked later.
std::string rule_address_error(std::string_view value) {
    for (const std::string& word : split_list(value, ", ")) {
        if (is_letter(word[0]) || word[0] == '+') continue;
        for (const std::string& end : split_list(word, "-")) {
            const Network network = read_network(end);
            if (const std::string error = prefix_error(network); !error.empty())
                return refuse("invalid IP address: " + error);
            if (network.version == 0) return refuse(fmt::format("invalid IP address: {}", end));
        }
    }
    return {};
}

std::string word_error(std::string_view value) {
    const bool fits = value.size() > 1 && is_letter(value[0]) && is_all(value, is_word_byte);
    return fits ? std::string{} : std::string(pattern_text);
}

std::string short_word_error(std::string_view value) {
    const bool fits = value.size() > 1 && is_letter(value[0]) &&
                      is_all(value, [](char byte) { return is_letter(byte) || is_digit(byte); });
    return fits ? std::string{} : std::string(pattern_text);
}

std::string volume_error(std::string_view value) {
    const std::size_t colon = value.find(':');
    if (colon != std::string_view::npos && is_config_id(value.substr(0, colon)) &&
        colon + 1 < value.size())
        return {};
    return refuse(fmt::format("unable to parse volume ID '{}'", value));
}

std::string size_error(std::string_view value) {
    if (value.starts_with('+')) value.remove_prefix(1);
    constexpr std::string_view units = "KMGT";
    if (!value.empty() && units.find(value.back()) != std::string_view::npos)
        value.remove_suffix(1);
    const bool fits = !value.empty() && is_digit(value[0]) && is_number(value);
    return fits ? std::string{} : std::string(pattern_text);
}

std::string content_types_error(std::string_view value) {
    constexpr std::string_view known =
        "images, rootdir, vztmpl, iso, backup, snippets, import, none";
    for (const std::string& type : split_list(value))
        if (!choice_error(type, known).empty())
            return refuse(fmt::format("invalid content type '{}'", type));
    return {};
}

std::string storage_id_error(std::string_view value) {
    if (is_config_id(value)) return {};
    return refuse(fmt::format("storage ID '{}' contains illegal characters", value));
}

std::string pool_id_error(std::string_view value) {
    const bool fits =
        is_all(value, [](char byte) { return is_word_byte(byte) || byte == '.' || byte == '/'; });
    return fits ? ""
                : refuse(fmt::format("value '{}' does not look like a valid pool name", value));
}

}  // namespace demo_node
