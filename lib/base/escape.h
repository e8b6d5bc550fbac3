// Text from elsewhere, made safe for a person's terminal.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace proxmox {

/// As much of a foreign text as a message shows.
inline constexpr std::size_t shown_text_limit = 512;

/// One character of UTF-8; a size of 0 says that the bytes are none.
struct Character {
    std::uint32_t code = 0;
    std::size_t size = 0;
};

/// The first character of a text that is not empty: the shortest form only, no surrogates.
Character character_at(std::string_view text);

/// Printable on any terminal and on one line: controls, invisible and direction-changing characters
/// and broken UTF-8 become \xNN or \u{NNNN}; what is too long is cut with "...".
std::string escape(std::string_view text, std::size_t limit = shown_text_limit);

/// The text with U+FFFD in the place of each byte that is no UTF-8, as JSON wants it.
std::string valid_utf8(std::string_view text);

}  // namespace proxmox
