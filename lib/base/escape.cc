// Text from elsewhere, made safe for a person's terminal.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/escape.h"

#include <fmt/format.h>

#include <algorithm>
namespace proxmox {
namespace {

/// What a terminal obeys, hides or reorders by instead of showing it.
bool is_unsafe(std::uint32_t code) {
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xAD ||
           (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
           (code >= 0x2060 && code <= 0x206F) || code == 0x061C || code == 0xFEFF ||
           (code >= 0xFFF9 && code <= 0xFFFB) || (code >= 0xE0000 && code <= 0xE0FFF);
}

}  // namespace

Character character_at(std::string_view text) {
    const auto byte = [&text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return {lead, 1};
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return {};
    std::uint32_t code = lead & (0x7FU >> size);
    for (std::size_t at = 1; at < size; ++at) {
        if ((byte(at) & 0xC0U) != 0x80U) return {};
        code = (code << 6) | (byte(at) & 0x3FU);
    }
    constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < smallest[size] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {};
    return {code, size};
}

std::string escape(std::string_view text, std::size_t limit) {
    std::string safe;
    std::size_t at = 0;
    while (at < text.size()) {
        if (safe.size() >= limit) return safe + "...";
        const Character character = character_at(text.substr(at));
        const auto byte = static_cast<unsigned char>(text[at]);
        if (character.size == 0) {
            safe += fmt::format("\\x{:02x}", byte);
        } else if (byte == '\n') {
            safe += "\\n";
        } else if (!is_unsafe(character.code)) {
            safe += text.substr(at, character.size);
        } else if (character.code < 0x80) {
            safe += fmt::format("\\x{:02x}", byte);
        } else {
            safe += fmt::format("\\u{{{:04x}}}", character.code);
        }
        at += character.size == 0 ? 1 : character.size;
    }
    return safe;
}

std::string valid_utf8(std::string_view text) {
    constexpr std::string_view replacement = "\xEF\xBF\xBD";
    std::string valid;
    while (!text.empty()) {
        const Character character = character_at(text);
        valid += character.size == 0 ? replacement : text.substr(0, character.size);
        text.remove_prefix(std::max<std::size_t>(character.size, 1));
    }
    return valid;
}

}  // namespace proxmox
