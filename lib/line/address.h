// Which of a machine's addresses is meant: what its agent tells, judged by its configuration.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/json.h"

namespace proxmox {

/// An IPv4 or IPv6 address; the first four bytes hold the former.
struct Address {
    std::array<std::uint8_t, 16> bytes{};
    bool is_ipv6 = false;

    bool operator==(const Address&) const = default;
};

std::optional<Address> parse_address(std::string_view text);

/// A network, as "10.0.0.0/8" or "fd00::/8".
struct Network {
    Address address;
    unsigned prefix_bits = 0;

    bool contains(const Address& other) const;
};

std::optional<Network> parse_network(std::string_view text);

/// An interface of the VM's configuration.
struct Card {
    unsigned number = 0;
    std::string mac;
};

/// Every netN of a configuration, by its number.
std::vector<Card> cards_of(const json::Value& config);

/// The same as a record keeps them between two answers: "0=bc:24:11:00:00:01 1=...".
std::string text_of_cards(const std::vector<Card>& cards);
std::vector<Card> cards_in(std::string_view text);

/// The value of `key` in "a=1,b=2"; of the first part that has no key where `key` is empty.
std::string_view property_of(std::string_view text, std::string_view key);

/// The agent may be asked at all.
bool has_agent(const json::Value& config);

/// The uuid in smbios1; empty when there is none.
std::string uuid_of(const json::Value& config);

/// For uuids and network cards, which some write in capitals.
bool is_same_but_for_case(std::string_view one, std::string_view other);

/// What the user asks of the address.
struct Wanted {
    std::optional<unsigned> card{};
    std::optional<bool> is_ipv6{};
    std::optional<Network> network{};
};

/// The address that was chosen, and the card that has it.
struct ChosenAddress {
    std::string address;
    std::string mac;
};

/// The first address that fits, in the order of the cards, IPv4 before IPv6. Never one of an
/// interface that is not the VM's own, of the loopback, or of one link only.
std::optional<ChosenAddress> choose_address(const json::Value& interfaces,
                                            const std::vector<Card>& cards, const Wanted& wanted);

}  // namespace proxmox
