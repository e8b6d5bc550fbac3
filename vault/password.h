// The vault password, read as ansible reads it: a file's content, or what an executable prints.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "secret.h"

namespace proxmox::vault {

/// The longest password file, and the longest output of a password script.
inline constexpr std::size_t password_limit = std::size_t{64} << 10;

/// How long a password script, or the writer of a FIFO, may take.
inline constexpr std::chrono::seconds password_wait{30};

inline constexpr std::string_view password_file_remedy =
    "RANGE42_VAULT_PASSWORD_FILE must name the file with the vault's password";

/// A password that is not empty, and what is to be said about how it is kept.
struct Password {
    Secret bytes;
    std::vector<std::string> warnings;
};

/// A file with any execute bit is run and loses CR and LF at both ends of its output; another one
/// loses all ASCII whitespace at both ends of its content.
Result<Password> read_password(const std::string& path,
                               std::chrono::milliseconds wait = password_wait);

}  // namespace proxmox::vault
