// The text format of ansible-vault: a header line, then hexadecimal digits.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"

namespace proxmox::vault {

/// The longest vault file that is read.
inline constexpr std::size_t file_limit = std::size_t{1} << 20;

/// What an encrypted vault carries in the clear; nothing of it has been verified yet.
struct Envelope {
    std::string salt;
    std::string mac;
    std::string ciphertext;
};

/// Whether the text claims to be encrypted, intact or not.
bool has_envelope_header(std::string_view text);

/// Whether ansible takes the text for encrypted: the header, and ASCII throughout.
bool is_envelope(std::string_view text);

/// Accepts exactly what ansible 2.14 accepts; the message of a failure names no file.
Result<Envelope> parse_envelope(std::string_view text);

/// The bytes that Python's bytes.strip() takes off both ends.
std::string_view strip_whitespace(std::string_view text);

}  // namespace proxmox::vault
