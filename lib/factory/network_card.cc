// A network card as Proxmox writes it, "virtio=BC:24:11:00:00:64,bridge=vmbr0".
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/network_card.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/escape.h"
#include "line/grammar.h"

namespace proxmox {
namespace {

/// Proxmox writes addresses in capitals, people do not.
std::string in_capitals(std::string_view text) {
    std::string capitals(text);
    std::ranges::transform(capitals, capitals.begin(), [](char letter) {
        const bool is_small = letter >= 'a' && letter <= 'z';
        return is_small ? static_cast<char>(letter - 'a' + 'A') : letter;
    });
    return capitals;
}

/// What may stand between commas: a trunk has ";", an address has ":".
bool is_plain(std::string_view value) {
    return std::ranges::all_of(value, [](char byte) {
        return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
               (byte >= 'A' && byte <= 'Z') || std::string_view("-_.:;").contains(byte);
    });
}

}  // namespace

NetworkCard::NetworkCard(std::string_view text) {
    for (bool is_first = true; !text.empty(); is_first = false) {
        const std::string_view part = text.substr(0, text.find(','));
        text.remove_prefix(std::min(part.size() + 1, text.size()));
        const std::size_t equals = part.find('=');
        const std::string_view key = part.substr(0, equals);
        const std::string_view value =
            equals == std::string_view::npos ? std::string_view{} : part.substr(equals + 1);
        if (is_first) {
            model_ = key;
            mac_ = in_capitals(value);
        } else {
            properties_.insert_or_assign(std::string(key), std::string(value));
        }
    }
}

Outcome NetworkCard::set(std::string_view key, std::string_view value) {
    if (!is_of(Type::word, key) || !is_plain(value))
        return fail(Exit::line_failed, fmt::format("not a property of a network card: {}={}",
                                                   escape(key), escape(value)));
    if (key == "model") {
        if (!value.empty()) model_ = value;
    } else if (key == "mac" || key == "macaddr") {
        if (!value.empty()) mac_ = in_capitals(value);
    } else if (value.empty()) {
        properties_.erase(std::string(key));
    } else {
        properties_.insert_or_assign(std::string(key), std::string(value));
    }
    return {};
}

std::string NetworkCard::text() const {
    std::string text = model_;
    if (!mac_.empty()) text += '=' + mac_;
    for (const auto& [key, value] : properties_) text += fmt::format(",{}={}", key, value);
    return text;
}

}  // namespace proxmox
