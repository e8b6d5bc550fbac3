// The network cards of a guest's configuration: which ones there are, and what each one is.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/cards.h"

#include <algorithm>
#include <string_view>

#include "line/carried.h"

namespace proxmox {
namespace {

constexpr std::string_view card_prefix = "net";

void put(Carried& row, std::string_view key, std::string_view text) {
    std::string written;
    json::write_string(written, text);
    row.set(key, std::move(written));
}

/// The first part is the model with the address, "virtio=BC:24:11:00:00:64".
std::string row_of(std::string_view number, const json::Value& card) {
    Carried row;
    row.set("number", std::string(number));
    put(row, "device", card.key());
    std::string_view rest = card.text();
    for (bool is_first = true; !rest.empty(); is_first = false) {
        const std::string_view part = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(part.size() + 1, rest.size()));
        const std::size_t equals = part.find('=');
        if (is_first) put(row, "model", part.substr(0, equals));
        if (equals == std::string_view::npos) continue;
        put(row, is_first ? "mac" : part.substr(0, equals), part.substr(equals + 1));
    }
    return row.text();
}

}  // namespace

Result<std::string> rows_of_cards(const json::Value& config) {
    // Whatever a guest has, its configuration has a digest.
    if (!config["digest"].exists())
        return fail(Exit::unreachable, "the answer is no configuration");
    std::string rows;
    config.each([&rows](const json::Value& value) {
        const std::string_view key = value.key();
        if (!key.starts_with(card_prefix)) return;
        const std::string_view number = key.substr(card_prefix.size());
        if (!json::integer_of(number) || number.starts_with('-')) return;
        if (!rows.empty()) rows += ',';
        rows += row_of(number, value);
    });
    return "{\"data\":[" + rows + "]}";
}

}  // namespace proxmox
