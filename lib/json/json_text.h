// The text of JSON values, looked at where it stands: what simdjson leaves to its caller.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace proxmox::json {

inline bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

/// JSON's grammar of numbers; how large one is does not matter here, it is printed as it came.
bool is_number(std::string_view token);

/// simdjson lets a low surrogate through that has no high one before it.
bool has_surrogate(std::string_view text);

inline std::string_view without_space(std::string_view token) {
    while (!token.empty() && (token.back() == ' ' || token.back() == '\t' || token.back() == '\r' ||
                              token.back() == '\n'))
        token.remove_suffix(1);
    return token;
}

static_assert(std::endian::native == std::endian::little);

inline constexpr std::uint64_t every_byte = 0x0101010101010101;

/// Eight bytes at once: the lowest bit set is in the first byte that is `wanted`; 0 if none is.
inline std::uint64_t marks_of(std::uint64_t bytes, unsigned char wanted) {
    const std::uint64_t difference = bytes ^ (every_byte * wanted);
    return (difference - every_byte) & ~difference & (every_byte * 0x80);
}

/// The same for bytes below the space.
inline std::uint64_t marks_of_controls(std::uint64_t bytes) {
    return (bytes - every_byte * ' ') & ~bytes & (every_byte * 0x80);
}

inline std::uint64_t eight_bytes(const char* bytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return word;
}

/// A string in which nothing is escaped, from behind its first quote: it can stay where it is, and
/// a long list needs no second copy of its texts. Nothing when something is escaped. What is parsed
/// is padded, so that there are always eight bytes to be read, and it is known that the string
/// ends.
inline std::optional<std::string_view> literal_string(const char* start) {
    for (const char* at = start;; at += sizeof(std::uint64_t)) {
        const std::uint64_t word = eight_bytes(at);
        const std::uint64_t marks = marks_of(word, '"') | marks_of(word, '\\');
        if (marks == 0) continue;
        const char* end = at + std::countr_zero(marks) / 8;
        if (*end == '\\') return std::nullopt;
        return std::string_view(start, static_cast<std::size_t>(end - start));
    }
}

}  // namespace proxmox::json
