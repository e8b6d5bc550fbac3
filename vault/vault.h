// The vault of a workspace: from two paths to the settings of the API.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "settings.h"

namespace proxmox::vault {

/// Reads the vault with the password of the other file (or its output, if it is executable). Every
/// failure names the file or the key and is Exit::credentials, but for a vault that others may have
/// written: it decides whom we talk to, so that is Exit::tls_identity. No secret outlives the call
/// but `token_secret`.
Result<Settings> open_vault(const std::string& vault_path, const std::string& password_path);

/// The text under one key, whoever wants to know it.
Result<Secret> value_of_vault(const std::string& vault_path, const std::string& password_path,
                              std::string_view key);

}  // namespace proxmox::vault
