// What a setting may look like before it is put into a URL or a header.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace proxmox::vault {

/// host[:port], where host is a name, an IPv4 address, or an IPv6 address in brackets.
bool is_api_host(std::string_view text);

/// name@realm, as Proxmox VE accepts it, in printable ASCII.
bool is_api_user(std::string_view text);

/// The name of a token, without the user and the exclamation mark before it.
bool is_token_id(std::string_view text);

/// Printable ASCII without blanks: nothing that could end a header line.
bool is_token_secret(std::string_view text);

/// The name of a node of the cluster.
bool is_node_name(std::string_view text);

/// One line of printable ASCII; blanks are allowed inside.
bool is_plain_line(std::string_view text);

}  // namespace proxmox::vault
