// A secret that somebody sends back to us, found under the encodings it may come in.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trust/redaction.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

namespace proxmox {
namespace {

struct Byte {
    char value = 0;
    std::size_t size = 1;
};

std::optional<char> hexadecimal(std::string_view digits, std::size_t count) {
    unsigned value = 0;
    if (digits.size() < count) return std::nullopt;
    const char* const end = digits.data() + count;
    const auto [stop, error] = std::from_chars(digits.data(), end, value, 16);
    if (error != std::errc() || stop != end || value > 0xFF) return std::nullopt;
    return static_cast<char>(value);
}

/// The byte that the beginning of `text` stands for when it is an encoded one.
std::optional<Byte> encoded_byte(std::string_view text) {
    if (text.size() < 2) return std::nullopt;
    if (text[0] == '%')
        if (const auto value = hexadecimal(text.substr(1), 2)) return Byte{*value, 3};
    if (text[0] != '\\') return std::nullopt;
    if (text[1] == 'u') {
        if (const auto value = hexadecimal(text.substr(2), 4)) return Byte{*value, 6};
    }
    return Byte{text[1], 2};
}

/// How many bytes of `text` the secret takes at its very beginning; 0 when it is not there.
std::size_t match(std::string_view text, std::string_view secret) {
    std::size_t at = 0;
    for (std::size_t seen = 0; seen < secret.size(); ++seen) {
        const std::string_view rest = text.substr(at);
        const auto encoded = encoded_byte(rest);
        if (!rest.empty() && rest[0] == secret[seen])
            ++at;
        else if (encoded && encoded->value == secret[seen])
            at += encoded->size;
        else
            return seen >= shortest_hidden_size && rest.starts_with("...") ? at : 0;
    }
    return at;
}

struct Place {
    std::size_t start = std::string_view::npos;
    std::size_t size = 0;
};

/// Two searches for one byte are faster than one for either.
std::size_t find_encoded(std::string_view text, std::size_t from) {
    return std::min(text.find('%', from), text.find('\\', from));
}

/// Where a match can begin: at the plain beginning of the secret, or at an encoded byte.
std::size_t next_candidate(std::string_view text, std::string_view secret, std::size_t from) {
    return text.find_first_of(std::string{secret[0], '%', '\\'}, from);
}

std::size_t find_plain(std::string_view text, std::string_view piece, std::size_t from) {
    const void* found = memmem(text.data() + from, text.size() - from, piece.data(), piece.size());
    return found == nullptr
               ? std::string_view::npos
               : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

Place find_secret(std::string_view text, std::string_view secret, std::size_t from) {
    if (secret.size() < shortest_hidden_size) return {};
    // Nearly every text has neither; then the search for a whole piece is all there is to do.
    const bool is_plain = find_encoded(text, from) == std::string_view::npos;
    const std::string_view beginning = secret.substr(0, shortest_hidden_size);
    while (from < text.size()) {
        from = is_plain ? find_plain(text, beginning, from) : next_candidate(text, secret, from);
        if (from == std::string_view::npos) return {};
        if (const std::size_t size = match(text.substr(from), secret); size > 0)
            return {from, size};
        ++from;
    }
    return {};
}

}  // namespace

bool holds_secret(std::string_view text, std::string_view secret) {
    return find_secret(text, secret, 0).size > 0;
}

std::string without_secret(std::string_view text, std::string_view secret) {
    std::string shown;
    std::size_t at = 0;
    for (Place place = find_secret(text, secret, at); place.size > 0;
         place = find_secret(text, secret, at)) {
        shown += text.substr(at, place.start - at);
        shown += secret_mark;
        at = place.start + place.size;
    }
    return shown.append(text.substr(at));
}

}  // namespace proxmox
