// Which machine a login came to: what it says of itself, compared with what the line knows.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/identity.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/escape.h"
#include "line/address.h"
#include "line/grammar.h"

namespace proxmox {
namespace {

/// What its lines say of the machine.
struct Said {
    std::string_view uuid{};
    bool has_cards = false;
    bool has_card = false;
};

Said read_said(std::string_view said, std::string_view card) {
    constexpr std::string_view uuid_word = "uuid ", card_word = "card ";
    Said shown;
    while (!said.empty()) {
        std::string_view line = said.substr(0, said.find('\n'));
        said.remove_prefix(std::min(line.size() + 1, said.size()));
        if (line.starts_with(uuid_word) && is_of(Type::uuid, line.substr(uuid_word.size())))
            shown.uuid = line.substr(uuid_word.size());
        if (!line.starts_with(card_word)) continue;
        line.remove_prefix(card_word.size());
        shown.has_cards = true;
        shown.has_card = shown.has_card || is_same_but_for_case(line, card);
    }
    return shown;
}

}  // namespace

Identity identity_of(std::string_view said, const Record& record) {
    using How = Identity::How;
    const std::string_view uuid = record["vm_uuid"], card = record["vm_mac"];
    if (uuid.empty()) return {};
    const Said shown = read_said(said, card);
    if (!shown.uuid.empty() && is_same_but_for_case(shown.uuid, uuid)) return {How::proven};
    if (!shown.uuid.empty())
        return {How::other, fmt::format("its uuid is {}, and the line says {}", shown.uuid, uuid)};
    if (card.empty() || !shown.has_cards) return {How::unproven};
    if (shown.has_card) return {How::proven};
    return {How::other, fmt::format("it has no network card {}", escape(card))};
}

}  // namespace proxmox
