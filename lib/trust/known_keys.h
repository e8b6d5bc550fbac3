// The store of known servers: one line each, "host:port sha256//PIN date".
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace proxmox {

inline constexpr std::size_t known_keys_size_limit = std::size_t{1} << 20;

struct KnownKey {
    std::string server;
    std::string pin;
    std::string first_seen;
    std::size_t line_number = 0;
};

/// The one spelling under which a server is known: lower case, with its port, IPv6 as the system
/// prints it. `host_and_port` must have the form host[:port].
std::string server_name_of(std::string_view host_and_port);

/// "sha256//" and the base64 of a SHA-256 hash.
bool is_pin(std::string_view text);

/// ${XDG_CONFIG_HOME:-~/.config}/range42/known_proxmox; empty where there is no home.
std::string known_keys_path();

/// Every key; a store that does not exist is empty. A line that is no key is an error: it may be
/// the damaged one of the very server in question.
Result<std::vector<KnownKey>> read_known_keys(const std::string& path);

/// A first meeting: the key that counts from now on, and why it could not be stored if it was not.
struct Meeting {
    KnownKey key;
    std::string trouble{};
};

/// Stores the key under a lock unless the server has one by then.
Result<Meeting> add_known_key(const std::string& path, const KnownKey& key);

/// Puts the key in the place of those that the server has; without a pin they are only removed.
/// Gives back how many there were. All other lines stay as they are.
Result<std::size_t> replace_known_key(const std::string& path, const KnownKey& key);

}  // namespace proxmox
