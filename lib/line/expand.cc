// Templates over a record: paths and messages.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "line/expand.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/unreserved.h"

namespace proxmox {
namespace {

/// Copies `text` to `out`, giving each "{key}" to `replace`; stops when that says false.
template <typename Replace>
bool substitute(std::string_view text, std::string& out, Replace replace) {
    while (!text.empty()) {
        const std::size_t open = text.find('{');
        out += text.substr(0, open);
        if (open == std::string_view::npos) return true;
        const std::size_t close = text.find('}', open);
        if (close == std::string_view::npos) return false;
        if (!replace(text.substr(open + 1, close - open - 1))) return false;
        text.remove_prefix(close + 1);
    }
    return true;
}

}  // namespace

std::string percent_encode(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    encoded.reserve(text.size());
    for (const char byte : text) {
        if (is_unreserved(byte)) {
            encoded += byte;
        } else {
            encoded += '%';
            encoded += digits[static_cast<unsigned char>(byte) >> 4];
            encoded += digits[static_cast<unsigned char>(byte) & 15];
        }
    }
    return encoded;
}

Result<std::string> expand_path(std::string_view path, const Record& record) {
    std::string expanded;
    std::string_view refused;
    const bool whole = substitute(path, expanded, [&](std::string_view key) {
        const std::string_view value = record[key];
        if (value.empty() || value == "." || value == "..") {
            refused = key;
            return false;
        }
        expanded += percent_encode(value);
        return true;
    });
    if (!whole) return fail(Exit::line_failed, fmt::format("no usable value for {}", refused));
    // The proof that no value added a segment or a query of its own.
    const auto count = [](std::string_view text, char byte) {
        return std::ranges::count(text, byte);
    };
    if (count(expanded, '/') != count(path, '/') || count(expanded, '?') != count(path, '?'))
        return fail(Exit::line_failed, "the path does not match its template");
    return expanded;
}

std::string expand_text(std::string_view text, const Record& record) {
    std::string expanded;
    substitute(text, expanded, [&](std::string_view key) {
        expanded += record[key];
        return true;
    });
    return expanded;
}

}  // namespace proxmox
