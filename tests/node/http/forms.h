// The forms that values have in Proxmox VE's schemas, each with the words that refuse it.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace demo_node {

constexpr std::string_view undefined_property_text =
    "property is not defined in schema and the schema does not allow additional properties";
constexpr std::string_view missing_text = "property is missing and it is not optional";
constexpr std::string_view needed_text = "missing property - '{}' requires this property";
constexpr std::string_view pattern_text = "value does not match the regex pattern";

/// The words of a list; runs of separators count once, and blank ones are left out.
std::vector<std::string> split_list(std::string_view text, std::string_view separators = ",; ");

bool is_integer(std::string_view text);
bool is_number(std::string_view text);

/// The prefix length of "10.0.0.0/24" and "fd00::/8" is split off; without one it is the longest.
struct Network {
    std::string address;
    int prefix = 0;
    /// 4 or 6; 0 is no address at all.
    int version = 0;
    bool has_prefix = false;

    int longest() const { return version == 4 ? 32 : 128; }
};
Network read_network(std::string_view text);

/// Both of one family, and the address is inside.
bool is_inside(const Network& network, std::string_view address);

/// "value 'x' does not have a value in the enumeration 'a, b'", or an empty text.
std::string choice_error(std::string_view value, std::string_view choices);

// Each is empty when the value has the form, and else the whole message of one parameter.
std::string address_error(std::string_view value);
std::string network_error(std::string_view value);
std::string interface_network_error(std::string_view value);
std::string ip_configuration_error(std::string_view value);
std::string ipv4_error(std::string_view value);
std::string ipv6_error(std::string_view value);
std::string hardware_address_error(std::string_view value);
std::string interface_name_error(std::string_view value);
std::string port_error(std::string_view value);
std::string rule_address_error(std::string_view value);
std::string word_error(std::string_view value);
std::string short_word_error(std::string_view value);
std::string volume_error(std::string_view value);
std::string size_error(std::string_view value);
std::string content_types_error(std::string_view value);
std::string storage_id_error(std::string_view value);
std::string pool_id_error(std::string_view value);

}  // namespace demo_node
