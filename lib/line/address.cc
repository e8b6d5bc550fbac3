// Which of a machine's addresses is meant: what its agent tells, judged by its configuration.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "line/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace proxmox {
namespace {

constexpr unsigned card_limit = 32;
constexpr std::size_t mac_size = 17;
constexpr unsigned bits_per_byte = 8;

std::string lower_case(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](unsigned char byte) {
        return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : static_cast<char>(byte);
    });
    return lower;
}

bool is_mac(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at)
        if (at % 3 == 2 ? text[at] != ':'
                        : std::isxdigit(static_cast<unsigned char>(text[at])) == 0)
            return false;
    return text.size() == mac_size;
}

std::string mac_of(std::string_view net) {
    while (!net.empty()) {
        const std::string_view part = net.substr(0, net.find(','));
        net.remove_prefix(std::min(part.size() + 1, net.size()));
        const std::string_view value = part.substr(std::min(part.find('=') + 1, part.size()));
        if (is_mac(value)) return lower_case(value);
    }
    return {};
}

bool is_usable(const Address& address) {
    constexpr std::array<std::string_view, 8> useless{
        "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3",
        "::/128",    "::1/128",     "fe80::/10",      "ff00::/8"};
    return std::ranges::none_of(useless, [&address](std::string_view network) {
        return parse_network(network)->contains(address);
    });
}

bool fits(const Address& address, const Wanted& wanted) {
    return is_usable(address) && (!wanted.is_ipv6 || *wanted.is_ipv6 == address.is_ipv6) &&
           (!wanted.network || wanted.network->contains(address));
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
    const std::string word(text);
    Address address;
    if (inet_pton(AF_INET, word.c_str(), address.bytes.data()) == 1) return address;
    address.is_ipv6 = true;
    if (inet_pton(AF_INET6, word.c_str(), address.bytes.data()) == 1) return address;
    return std::nullopt;
}

std::optional<Network> parse_network(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto address = parse_address(text.substr(0, slash));
    if (!address) return std::nullopt;
    const unsigned most = address->is_ipv6 ? 128 : 32;
    if (slash == std::string_view::npos) return Network{*address, most};
    const std::string_view digits = text.substr(slash + 1);
    unsigned bits = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (error != std::errc{} || end != digits.data() + digits.size() || bits > most)
        return std::nullopt;
    return Network{*address, bits};
}

bool Network::contains(const Address& other) const {
    if (other.is_ipv6 != address.is_ipv6) return false;
    for (unsigned at = 0; at < prefix_bits; at += bits_per_byte) {
        const unsigned compared = std::min(prefix_bits - at, bits_per_byte);
        const unsigned mask = 0xFFU << (bits_per_byte - compared) & 0xFFU;
        const unsigned byte = at / bits_per_byte;
        if (((address.bytes[byte] ^ other.bytes[byte]) & mask) != 0) return false;
    }
    return true;
}

std::vector<Card> cards_of(const json::Value& config) {
    std::vector<Card> cards;
    for (unsigned number = 0; number < card_limit; ++number) {
        std::string mac = mac_of(config["net" + std::to_string(number)].text());
        if (!mac.empty()) cards.push_back({number, std::move(mac)});
    }
    return cards;
}

std::string_view property_of(std::string_view text, std::string_view key) {
    while (!text.empty()) {
        const std::string_view part = text.substr(0, text.find(','));
        text.remove_prefix(std::min(part.size() + 1, text.size()));
        const std::size_t equals = part.find('=');
        if (key.empty() && equals == std::string_view::npos) return part;
        if (!key.empty() && part.substr(0, equals) == key && equals != std::string_view::npos)
            return part.substr(equals + 1);
    }
    return {};
}

std::string text_of_cards(const std::vector<Card>& cards) {
    std::string text;
    for (const Card& card : cards)
        text += (text.empty() ? "" : " ") + std::to_string(card.number) + '=' + card.mac;
    return text;
}

std::vector<Card> cards_in(std::string_view text) {
    std::vector<Card> cards;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        const std::size_t equals = std::min(word.find('='), word.size());
        const auto number = json::integer_of(word.substr(0, equals));
        const std::string_view mac = word.substr(std::min(equals + 1, word.size()));
        if (number && is_mac(mac))
            cards.push_back({static_cast<unsigned>(*number), std::string(mac)});
    }
    return cards;
}

bool has_agent(const json::Value& config) {
    const std::string_view agent = config["agent"].text();
    std::string_view enabled = property_of(agent, "enabled");
    if (enabled.empty()) enabled = property_of(agent, "");
    return enabled == "1" || enabled == "on" || enabled == "yes" || enabled == "true";
}

std::string uuid_of(const json::Value& config) {
    return lower_case(property_of(config["smbios1"].text(), "uuid"));
}

bool is_same_but_for_case(std::string_view one, std::string_view other) {
    return lower_case(one) == lower_case(other);
}

std::optional<ChosenAddress> choose_address(const json::Value& interfaces,
                                            const std::vector<Card>& cards, const Wanted& wanted) {
    for (const Card& card : cards) {
        if (wanted.card && *wanted.card != card.number) continue;
        for (const bool is_ipv6 : {false, true}) {
            std::optional<ChosenAddress> chosen;
            interfaces.each([&](const json::Value& interface) {
                if (lower_case(interface["hardware-address"].text()) != card.mac) return;
                interface["ip-addresses"].each([&](const json::Value& entry) {
                    const std::string_view text = entry["ip-address"].text();
                    const auto address = parse_address(text);
                    if (!chosen && address && address->is_ipv6 == is_ipv6 && fits(*address, wanted))
                        chosen = {std::string(text), card.mac};
                });
            });
            if (chosen) return chosen;
        }
    }
    return std::nullopt;
}

}  // namespace proxmox
