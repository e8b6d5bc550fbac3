// JSON values: how a flat table is read, and how a value is printed again.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "json.h"

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

void write_escaped(std::string& out, unsigned char byte) {
    out += "\\u00";
    out += hex_digits[byte >> 4];
    out += hex_digits[byte & 15];
}

}  // namespace

Kind Value::kind() const { return nodes_ == nullptr ? Kind::missing : nodes_[index_].kind; }

std::string_view Value::text() const {
    return nodes_ == nullptr ? std::string_view{} : nodes_[index_].text;
}

std::string_view Value::key() const {
    return nodes_ == nullptr ? std::string_view{} : nodes_[index_].key;
}

Value Value::first() const {
    const std::uint32_t child = nodes_ == nullptr ? 0 : nodes_[index_].first_child;
    return child == 0 ? Value{} : Value(nodes_, child);
}

Value Value::next() const {
    const std::uint32_t sibling = nodes_ == nullptr ? 0 : nodes_[index_].next_sibling;
    return sibling == 0 ? Value{} : Value(nodes_, sibling);
}

Value Value::operator[](std::string_view key) const {
    if (!is(Kind::object)) return {};
    Value child = first();
    while (child.exists() && child.key() != key) child = child.next();
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
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto byte = static_cast<unsigned char>(text[at]);
        const auto following = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0U;
        if (byte == '"' || byte == '\\') {
            out += '\\';
            out += text[at];
        } else if (byte == '\n') {
            out += "\\n";
        } else if (byte == '\t') {
            out += "\\t";
        } else if (byte == '\r') {
            out += "\\r";
        } else if (byte == '\b') {
            out += "\\b";
        } else if (byte == '\f') {
            out += "\\f";
        } else if (byte < 0x20 || byte == 0x7f) {
            write_escaped(out, byte);
        } else if (byte == 0xC2 && following >= 0x80 && following < 0xA0) {
            write_escaped(out, static_cast<unsigned char>(following));
            ++at;
        } else {
            out += text[at];
        }
    }
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
