// JSON values: how a flat table is read, and how a value is printed again.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "json/json.h"
#include "json/json_text.h"

namespace proxmox::json {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

/// Integers of this size and below are exact in a double.
constexpr double largest_exact_double = 9007199254740992.0;

std::optional<std::int64_t> integer_of_number(std::string_view token) {
    if (const auto whole = integer_of(token)) return whole;
    // libstdc++'s from_chars for doubles needs libm, which would be mapped by every start for this.
    if (token.starts_with('+') || token.find_first_not_of("0123456789+-.eE") != token.npos)
        return std::nullopt;
    const std::string text(token);
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    if (text.empty() || end != text.c_str() + text.size()) return std::nullopt;
    if (std::trunc(number) != number || std::abs(number) > largest_exact_double)
        return std::nullopt;
    return static_cast<std::int64_t>(number);
}

/// Bytes that are escaped, and the one that begins the C1 controls in UTF-8.
constexpr std::array<bool, 256> may_be_escaped = [] {
    std::array<bool, 256> marked{};
    for (std::size_t byte = 0; byte < 0x20; ++byte) marked[byte] = true;
    for (const std::size_t byte : {0x22U, 0x5cU, 0x7fU, 0xC2U}) marked[byte] = true;
    return marked;
}();

/// Printable ASCII without quotes and backslashes, in all eight bytes.
bool is_plain(std::uint64_t word) {
    const std::uint64_t others = marks_of(word, '"') | marks_of(word, '\\') | marks_of(word, 0x7f);
    return ((word & (every_byte * 0x80)) | marks_of_controls(word) | others) == 0;
}

bool is_plain(std::string_view text) {
    constexpr std::size_t step = sizeof(std::uint64_t);
    if (text.size() < step)
        return std::ranges::none_of(text, [](char byte) {
            const auto code = static_cast<unsigned char>(byte);
            return may_be_escaped[code];
        });
    // The last eight bytes overlap those before them.
    for (std::size_t at = 0; at + step <= text.size(); at += step)
        if (!is_plain(eight_bytes(text.data() + at))) return false;
    return is_plain(eight_bytes(text.data() + text.size() - step));
}

void write_escape(std::string& out, unsigned char byte) {
    out += '\\';
    switch (byte) {
        case '"':
        case '\\': out += static_cast<char>(byte); return;
        case '\n': out += 'n'; return;
        case '\t': out += 't'; return;
        case '\r': out += 'r'; return;
        case '\b': out += 'b'; return;
        case '\f': out += 'f'; return;
        default: break;
    }
    out += "u00";
    out += hex_digits[byte >> 4];
    out += hex_digits[byte & 15];
}

}  // namespace

Value Value::operator[](std::string_view key) const {
    if (!is(Kind::object)) return {};
    const std::uint8_t mark = mark_of(key);
    Value child = first();
    while (child.exists() && (child.node_->mark != mark || child.key() != key))
        child = child.next();
    return child;
}

std::optional<std::int64_t> Value::integer() const {
    if (is(Kind::string)) return integer_of(text());
    if (is(Kind::number)) return integer_of_number(text());
    return std::nullopt;
}

std::optional<std::int64_t> integer_of(std::string_view digits) {
    std::int64_t number = 0;
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, number);
    if (digits.empty() || error != std::errc{} || stop != end) return std::nullopt;
    return number;
}

void write_string(std::string& out, std::string_view text) {
    out += '"';
    if (is_plain(text)) {
        out += text;
        out += '"';
        return;
    }
    std::size_t written = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (!may_be_escaped[byte]) continue;
        const auto following = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0U;
        const bool is_control = byte == 0xC2 && following >= 0x80 && following < 0xA0;
        if (byte == 0xC2 && !is_control) continue;
        out.append(text, written, at - written);
        write_escape(out, is_control ? static_cast<unsigned char>(following) : byte);
        if (is_control) ++at;
        written = at + 1;
    }
    out.append(text, written);
    out += '"';
}

void write(std::string& out, const Value& value) {
    switch (value.kind()) {
        case Kind::missing:
        case Kind::null: out += "null"; return;
        case Kind::boolean:
        case Kind::number: out += value.text(); return;
        case Kind::string: write_string(out, value.text()); return;
        case Kind::array: {
            out += '[';
            const char* separator = "";
            value.each([&](const Value& element) {
                out += separator;
                separator = ",";
                write(out, element);
            });
            out += ']';
            return;
        }
        case Kind::object: break;
    }
    std::vector<Value> fields;
    value.each([&fields](const Value& field) { fields.push_back(field); });
    std::ranges::sort(fields, {}, &Value::key);
    out += '{';
    const char* separator = "";
    for (const Value& field : fields) {
        out += separator;
        separator = ",";
        write_string(out, field.key());
        out += ':';
        write(out, field);
    }
    out += '}';
}

}  // namespace proxmox::json
