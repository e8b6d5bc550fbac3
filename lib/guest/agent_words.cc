// What is said to a guest agent and by it: words, bytes, and what its refusals mean.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/agent_words.h"

#include <sodium.h>

#include <algorithm>

#include "base/escape.h"

namespace proxmox {
namespace {

constexpr std::uint32_t largest_byte = 0xFF;
constexpr unsigned char largest_ascii = 0x7F;

}  // namespace

std::string base64_of(std::string_view bytes) {
    constexpr int variant = sodium_base64_VARIANT_ORIGINAL;
    std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
    sodium_bin2base64(text.data(), text.size(),
                      reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), variant);
    text.pop_back();  // libsodium ends it with a NUL
    return text;
}

std::vector<std::string> pieces_of(std::string_view file) {
    std::vector<std::string> pieces;
    do {
        pieces.push_back(base64_of(file.substr(0, agent_piece_limit)));
        file.remove_prefix(std::min(file.size(), agent_piece_limit));
    } while (!file.empty());
    return pieces;
}

std::vector<std::string> through_shell(std::vector<std::string> words, bool is_input_plain) {
    const std::string_view script = is_input_plain ? running_script : decoding_script;
    words.insert(words.begin(), {"sh", "-c", std::string(script), "sh"});
    return words;
}

bool is_plain(std::string_view input) {
    return std::ranges::all_of(input, [](char byte) {
        return byte != '\0' && static_cast<unsigned char>(byte) <= largest_ascii;
    });
}

std::string bytes_of(std::string_view text) {
    std::string bytes;
    for (std::string_view rest = text; !rest.empty();) {
        const Character character = character_at(rest);
        // Another release may know better and send the text itself.
        if (character.size == 0 || character.code > largest_byte) return std::string(text);
        bytes += static_cast<char>(character.code);
        rest.remove_prefix(character.size);
    }
    return valid_utf8(bytes) == bytes ? bytes : std::string(text);
}

bool says_agent_is_missing(std::string_view cause) {
    return cause.contains("guest agent is not running");
}

bool says_agent_was_late(std::string_view cause) {
    return cause.contains("guest-") && cause.contains("got timeout");
}

}  // namespace proxmox
