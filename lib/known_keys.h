// The store of known servers: one line each, "host:port sha256//PIN date".
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "error.h"

namespace proxmox {

inline constexpr std::size_t known_keys_size_limit = std::size_t{1} << 20;

struct KnownKey {
    std::string host_and_port;
    std::string pin;
    std::string first_seen;
    std::size_t line_number = 0;
};

/// ${XDG_CONFIG_HOME:-~/.config}/range42/known_proxmox; empty where there is no home.
std::string known_keys_path();

/// All lines that can be read; a store that does not exist is empty.
Result<std::vector<KnownKey>> read_known_keys(const std::string& path);

/// Adds the key under a lock unless the server has one by then; gives back the one that counts.
Result<KnownKey> add_known_key(const std::string& path, const KnownKey& key);

}  // namespace proxmox
