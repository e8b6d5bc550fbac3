// Writing JSON the way a Perl hash does: correct, and with its members in any order.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/json.h"

#include <fmt/format.h>

namespace demo_node {

namespace {

constexpr unsigned char first_printable = 0x20;

void append_escaped(std::string& out, char byte) {
    switch (byte) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default: break;
    }
    if (static_cast<unsigned char>(byte) < first_printable)
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(byte));
    else
        out += byte;
}

}  // namespace

std::string quoted(std::string_view text) {
    std::string out = "\"";
    out.reserve(text.size() + 2);
    for (const char byte : text) append_escaped(out, byte);
    return out += '"';
}

JsonObject& JsonObject::text(std::string_view key, std::string_view value) {
    return raw(key, quoted(value));
}

JsonObject& JsonObject::raw(std::string_view key, std::string_view json) {
    members_.push_back(quoted(key).append(":").append(json));
    return *this;
}

std::string JsonObject::str(Random& random) const {
    std::string out = "{";
    // A random rotation is enough to catch a reader that relies on the order, and cheap.
    const std::size_t start = members_.empty() ? 0 : random() % members_.size();
    for (std::size_t at = 0; at < members_.size(); ++at) {
        if (at != 0) out += ',';
        out += members_[(start + at) % members_.size()];
    }
    return out += '}';
}

std::string array(const std::vector<const std::string*>& items) {
    std::size_t size = 2;
    for (const std::string* item : items) size += item->size() + 1;
    std::string out;
    out.reserve(size);
    out += '[';
    for (const std::string* item : items) {
        if (out.size() > 1) out += ',';
        out += *item;
    }
    return out += ']';
}

std::string array(const std::vector<std::string>& items) {
    std::vector<const std::string*> pointers;
    for (const std::string& item : items) pointers.push_back(&item);
    return array(pointers);
}

}  // namespace demo_node
