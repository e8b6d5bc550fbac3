// Settings that the caller hands over by a descriptor, instead of a vault and its password.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>

#include "base/error.h"
#include "settings.h"

namespace proxmox::vault {

/// The most that is read.
inline constexpr std::size_t handed_limit = std::size_t{64} << 10;

/// Keeps the descriptor with this number from every program that is started. To be called before
/// this process opens anything but the three streams: what is open then has come from the caller.
void claim_handed(const std::string& descriptor);

/// Reads the settings from the claimed descriptor and closes it: a JSON object or a YAML mapping
/// with the vault's keys. `password_path` is for inline `!vault` values.
Result<Settings> take_handed(const std::string& password_path);

}  // namespace proxmox::vault
