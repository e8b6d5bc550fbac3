// The settings that a vault holds: where the API is, and with which token to speak to it.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "open.h"
#include "secret.h"

namespace proxmox::vault {

/// Five settings that are there and well-formed, three that may be empty, and what to warn about.
struct Settings {
    std::string api_host;
    std::string api_user;
    std::string token_id;
    Secret token_secret;
    std::string node;
    /// Where new disks come; empty where the vault does not say, or in words that are not plain.
    std::string vm_storage;
    std::string tls;
    std::string tls_pin;
    /// The whole document was; nobody without the password has written it.
    bool is_encrypted = false;
    std::vector<std::string> warnings;
};

/// Reads the settings from YAML text; `opener` opens inline `!vault` values. Messages name the key
/// and never its value.
Result<Settings> parse_settings(std::string_view yaml, Opener& opener);

}  // namespace proxmox::vault
