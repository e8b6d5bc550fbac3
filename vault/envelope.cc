// The text format of ansible-vault: header, lines, and hexadecimal inside hexadecimal.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "envelope.h"

#include <algorithm>
#include <array>
#include <optional>

namespace proxmox::vault {
namespace {

constexpr std::string_view header_start = "$ANSIBLE_VAULT";
constexpr std::string_view cipher_name = "AES256";
constexpr std::string_view whitespace = " \t\n\r\v\f";
constexpr std::size_t cipher_field = 2;

std::unexpected<Error> damaged(std::string_view cause) {
    return fail(Exit::credentials, "the vault is damaged: " + std::string(cause),
                "restore it from a copy, or encrypt its content again with ansible-vault");
}

int digit_value(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

std::optional<std::string> unhexlify(std::string_view digits) {
    if (digits.size() % 2 != 0) return std::nullopt;
    std::string bytes(digits.size() / 2, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const int high = digit_value(digits[2 * i]);
        const int low = digit_value(digits[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes[i] = static_cast<char>(high * 16 + low);
    }
    return bytes;
}

/// The third field of the header; its version and its label decide nothing, as in ansible.
std::string_view cipher_of(std::string_view header) {
    for (std::size_t field = 0; field < cipher_field; ++field) {
        const std::size_t end = header.find(';');
        if (end == std::string_view::npos) return {};
        header.remove_prefix(end + 1);
    }
    return strip_whitespace(header.substr(0, header.find(';')));
}

}  // namespace

std::string_view strip_whitespace(std::string_view text) {
    const std::size_t first = text.find_first_not_of(whitespace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(whitespace) - first + 1);
}

bool has_envelope_header(std::string_view text) { return text.starts_with(header_start); }

bool is_envelope(std::string_view text) {
    return has_envelope_header(text) &&
           std::ranges::none_of(text, [](char byte) { return static_cast<signed char>(byte) < 0; });
}

Result<Envelope> parse_envelope(std::string_view text) {
    if (!has_envelope_header(text)) return damaged("it has no header");
    if (!is_envelope(text)) return damaged("it has a byte that is not ASCII");
    const std::size_t header_end = std::min(text.find_first_of("\r\n"), text.size());
    const std::string_view cipher = cipher_of(strip_whitespace(text.substr(0, header_end)));
    if (cipher.empty()) return damaged("its header names no cipher");
    if (cipher != cipher_name) return damaged("its header names a cipher other than AES256");

    std::string digits(text.substr(header_end));
    std::erase_if(digits, [](char byte) { return byte == '\r' || byte == '\n'; });
    const std::optional<std::string> body = unhexlify(digits);
    if (!body) return damaged("its body is not an even number of hexadecimal digits");

    const std::string_view fields = *body;
    const std::size_t salt_end = fields.find('\n');
    if (salt_end == fields.npos) return damaged("its body is cut short");
    const std::size_t mac_end = fields.find('\n', salt_end + 1);
    if (mac_end == fields.npos) return damaged("its body is cut short");
    std::optional<std::string> salt = unhexlify(fields.substr(0, salt_end));
    std::optional<std::string> mac = unhexlify(fields.substr(salt_end + 1, mac_end - salt_end - 1));
    std::optional<std::string> ciphertext = unhexlify(fields.substr(mac_end + 1));
    if (!salt || !mac || !ciphertext) return damaged("a field of its body is not hexadecimal");
    return Envelope{std::move(*salt), std::move(*mac), std::move(*ciphertext)};
}

}  // namespace proxmox::vault
