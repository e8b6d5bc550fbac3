// An Inventory is what the node says of guests, read when it is needed and forgotten soon after.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/inventory.h"

#include <fmt/format.h>

#include <utility>

#include "edge/open_connection.h"
#include "json/json.h"
#include "line/grammar.h"
#include "line/subject.h"

namespace proxmox {
namespace {

constexpr std::string_view everything_path = "/cluster/resources?type=vm";
/// Lines that come in many pieces shall not cost a question for each piece.
constexpr std::chrono::seconds facts_last{1};

}  // namespace

Result<std::string> Inventory::ask(std::string path) {
    if (!connection_) {
        auto connection = open_connection(output_);
        if (!connection) return std::unexpected(connection.error());
        connection_ = std::move(*connection);
        hidden_.emplace(output_, connection_->token_secret());
    }
    const auto reached = connection_->prefetch({.path = std::move(path)});
    if (!reached)
        return fail(reached.error().exit, output_.shown(reached.error().message),
                    output_.shown(reached.error().remedy));
    return std::move(connection_->take_prefetched()->second.body);
}

Result<Inventory::Places> Inventory::read_places() {
    auto answer = ask(std::string(everything_path));
    if (!answer) return std::unexpected(answer.error());
    Places places;
    const auto read = json::each_row(*answer, [&](const json::Value& row) -> Outcome {
        const std::string_view node = row["node"].text(), type = row["type"].text();
        if (!is_node_name(node) || (type != qemu.segment && type != lxc.segment)) return {};
        const bool has_states = wants_state_ && type == qemu.segment;
        places[row["vmid"].integer().value_or(0)] = {
            .list = fmt::format("/nodes/{}/{}{}", node, type, has_states ? "?full=1" : ""),
            .pool = std::string(row["pool"].text())};
        return {};
    });
    if (!read) return std::unexpected(read.error());
    return places;
}

Result<Inventory::Guests> Inventory::read_list(const std::string& path) {
    auto answer = ask(path);
    if (!answer) return std::unexpected(answer.error());
    Guests guests;
    const auto read = json::each_row(*answer, [&guests](const json::Value& row) -> Outcome {
        const std::int64_t id = row["vmid"].integer().value_or(0);
        const json::Value state = row["qmpstatus"];
        guests[id] = {.id = id,
                      .name = std::string(row["name"].text()),
                      .status = std::string((state.exists() ? state : row["status"]).text()),
                      .tags = std::string(row["tags"].text())};
        return {};
    });
    if (!read) return std::unexpected(read.error());
    return guests;
}

Result<const Inventory::Place*> Inventory::place_of(std::int64_t id) {
    if (!places_) {
        auto places = read_places();
        if (!places) return std::unexpected(places.error());
        places_ = std::move(*places);
        read_at_ = Clock::now();
    }
    const auto found = places_->find(id);
    return found == places_->end() ? nullptr : &found->second;
}

Result<const VmFacts*> Inventory::facts_of(std::int64_t id, const Place& place) {
    auto list = lists_.find(place.list);
    if (list == lists_.end()) list = lists_.emplace(place.list, read_list(place.list)).first;
    const Result<Guests>& guests = list->second;
    if (!guests) return std::unexpected(guests.error());
    const auto found = guests->find(id);
    return found == guests->end() ? nullptr : &found->second;
}

void Inventory::forget_what_is_old() {
    if (!places_ || Clock::now() - read_at_ < facts_last) return;
    places_.reset();
    lists_.clear();
}

}  // namespace proxmox
