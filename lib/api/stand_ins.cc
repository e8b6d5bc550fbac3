// Stand-ins: random words in the place of secrets, which only come in when a request is sent.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/stand_ins.h"

#include <algorithm>
#include <span>

#include "base/random_uuid.h"
#include "base/unreserved.h"

namespace proxmox {
namespace {

constexpr std::string_view hex_digits = "0123456789ABCDEF";
/// "\u00NN", the longest that a byte can become; "%NN" is shorter.
constexpr std::size_t longest_encoding = 6;

/// Writes into memory that is there already, so that no copy of a secret is left behind.
class Writer {
  public:
    explicit Writer(std::span<char> room) : room_(room) {}

    void put(char byte) { room_[used_++] = byte; }
    void put(std::string_view text) {
        for (const char byte : text) put(byte);
    }
    void put_for_form(char byte) {
        if (is_unreserved(byte)) return put(byte);
        put('%');
        put_hex(byte);
    }
    void put_for_json(char byte) {
        if (byte == '"' || byte == '\\') put('\\');
        if (static_cast<unsigned char>(byte) >= ' ') return put(byte);
        put("\\u00");
        put_hex(byte);
    }
    std::size_t used() const { return used_; }

  private:
    void put_hex(char byte) {
        put(hex_digits[static_cast<unsigned char>(byte) >> 4U]);
        put(hex_digits[static_cast<unsigned char>(byte) & 15U]);
    }

    std::span<char> room_;
    std::size_t used_ = 0;
};

}  // namespace

std::string StandIns::keep(vault::Secret secret) {
    secret.seal();
    return kept_.emplace_back(random_uuid(), std::move(secret)).first;
}

bool StandIns::are_in(std::string_view body) const {
    return std::ranges::any_of(
        kept_, [&](const auto& pair) { return body.find(pair.first) != std::string_view::npos; });
}

Result<vault::Secret> StandIns::filled(std::string_view body, bool is_json) const {
    std::size_t room = body.size();
    for (const auto& [word, secret] : kept_)
        for (std::size_t at = body.find(word); at != std::string_view::npos;
             at = body.find(word, at + word.size()))
            room += longest_encoding * secret.size();
    return vault::Secret::filled(room, [&](std::span<char> bytes) -> Result<std::size_t> {
        Writer writer(bytes);
        while (!body.empty()) {
            const auto found = std::ranges::find_if(
                kept_, [&](const auto& pair) { return body.starts_with(pair.first); });
            if (found == kept_.end()) {
                writer.put(body.front());
                body.remove_prefix(1);
                continue;
            }
            for (const char byte : found->second.reveal())
                is_json ? writer.put_for_json(byte) : writer.put_for_form(byte);
            body.remove_prefix(found->first.size());
        }
        return writer.used();
    });
}

}  // namespace proxmox
