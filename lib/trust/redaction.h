// A secret that somebody sends back to us, kept from being shown.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace proxmox {

inline constexpr std::string_view secret_mark = "[hidden]";
/// A shorter secret would be found in every other word; a shorter piece of one tells little.
inline constexpr std::size_t shortest_hidden_size = 8;

/// Whether `text` shows the secret: as it is, with bytes of it in percent or JSON encoding, or cut
/// short by "...".
bool holds_secret(std::string_view text, std::string_view secret);

/// The text with a mark wherever the secret stands. No copy of the secret is made.
std::string without_secret(std::string_view text, std::string_view secret);

}  // namespace proxmox
