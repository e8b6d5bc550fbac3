// The text of JSON values, looked at where it stands: what simdjson leaves to its caller.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "json/json_text.h"

namespace proxmox::json {
namespace {

const char* behind_digits(const char* at, const char* end) {
    while (at != end && is_digit(*at)) ++at;
    return at;
}

}  // namespace

bool is_number(std::string_view token) {
    const char* at = token.data();
    const char* const end = at + token.size();
    if (at != end && *at == '-') ++at;
    const char* whole = at;
    at = behind_digits(at, end);
    if (at == whole || (*whole == '0' && at - whole > 1)) return false;
    if (at != end && *at == '.') {
        const char* fraction = ++at;
        at = behind_digits(at, end);
        if (at == fraction) return false;
    }
    if (at != end && (*at == 'e' || *at == 'E')) {
        ++at;
        if (at != end && (*at == '+' || *at == '-')) ++at;
        const char* exponent = at;
        at = behind_digits(at, end);
        if (at == exponent) return false;
    }
    return at == end;
}

bool has_surrogate(std::string_view text) {
    for (std::size_t at = text.find('\xED'); at != std::string_view::npos;
         at = text.find('\xED', at + 1))
        if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0xA0) return true;
    return false;
}

}  // namespace proxmox::json
