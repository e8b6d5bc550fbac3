// What all collections have in common: list, get, create, change and remove, by their row.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: the five calls of every collection and the two of every file of settings.
#include "calls/collections.h"

#include <fmt/format.h>

#include <algorithm>

#include "calls/calls.h"
#include "http/forms.h"

namespace demo_node {

namespace {

constexpr std::string_view modified_text =
    "detected modified configuration - file changed by other user? Try again.";

/// Parameters that say how a call is done, and are no members of an object.
constexpr std::string_view control_parameters[] = {
    "digest", "delete",         "moveto",     "pos",          "rename",
    "force",  "regenerate-frr", "lock-token", "release-lock", "password"};

const CollectionKind& kind_of(const Call& call) { return *call.route->collection; }

std::string_view place_path(const Call& call) { return call.route->place->path; }

std::string digest_of(const Call& call, bool shares_file) {
    const std::string below =
        shares_file ? filled_in(place_path(call), call.parameters) : collection_path(call);
    return call.stage.objects.digest(below);
}

/// What is found by the path of an object; a position counts from 0.
Items::iterator find_item(const Call& call, Items& items) {
    const CollectionKind& kind = kind_of(call);
    if (kind.keyed_by != Key::position)
        return std::ranges::find(items, call.parameters.text(kind.key), &Item::key);
    const long position = call.parameters.number(kind.key);
    const bool is_there = position >= 0 && position < static_cast<long>(items.size());
    return is_there ? items.begin() + position : items.end();
}

Answer refuse(const Call& call, const Refusal& refusal, Deed deed) {
    const CollectionKind& kind = kind_of(call);
    const std::string text =
        fmt::format(fmt::runtime(refusal.text), call.parameters.text(kind.key));
    if (refusal.way == Refusal::Way::parameter) return refuse_parameter(kind.key, text);
    return fail_deed(call, deed, text);
}

std::optional<Answer> check_digest(const Call& call, bool shares_file) {
    const std::string digest = call.parameters.text("digest");
    if (digest.empty() || digest == digest_of(call, shares_file)) return std::nullopt;
    return die(modified_text);
}

/// What has to be right before any deed.
std::optional<Answer> check_before(Call& call) {
    const CollectionKind& kind = kind_of(call);
    if (kind.check_place)
        if (auto refusal = kind.check_place(call)) return refusal;
    return check_digest(call, kind.shares_file);
}

/// Puts the values of an object into a row, with its key before and what is known of it behind.
JsonObject members(Call& call, const Item& item, std::string_view key_json) {
    const CollectionKind& kind = kind_of(call);
    JsonObject row;
    if (!key_json.empty()) row.raw(kind.key, key_json);
    for (const Config::Entry& entry : item.values.entries())
        row.raw(entry.key, entry.number ? entry.value : quoted(entry.value));
    if (kind.show) kind.show(call, item, row);
    return row;
}

Answer report(const Call& call, const Item& item, Deed deed) {
    const CollectionKind& kind = kind_of(call);
    return success(kind.report ? kind.report(call, item, deed) : "null");
}

/// "moveto" counts in the list as it is before the move.
void move_item(Items& items, Items::iterator item, long wanted) {
    const auto target = std::clamp(wanted, 0L, static_cast<long>(items.size()));
    const long from = item - items.begin();
    if (target > from)
        std::rotate(item, item + 1, items.begin() + target);
    else
        std::rotate(items.begin() + target, item, item + 1);
}

void change_values(const Call& call, Item& item) {
    const CollectionKind& kind = kind_of(call);
    if (kind.replaces) item.values = {};
    take_values(kind.change, call.parameters, kind.key, item.values);
    for (const std::string& name : split_list(call.parameters.text("delete")))
        item.values.erase(name);
    const std::string renamed = call.parameters.text("rename");
    if (!renamed.empty()) item.key = renamed;
}

}  // namespace

std::string collection_path(const Call& call) {
    return filled_in(call.route->shelf, call.parameters);
}

void take_values(std::span<const Field> fields, const Parameters& parameters, std::string_view key,
                 Config& values) {
    for (const Field& field : fields) {
        const Value* value = parameters.find(field.name);
        const bool is_control =
            std::ranges::find(control_parameters, field.name) != std::end(control_parameters);
        if (!value || is_control || field.name == key) continue;
        if (value->text.empty())
            values.erase(field.name);
        else if (field.type == Type::integer || field.type == Type::boolean)
            values.set_number(field.name, parameters.number(field.name));
        else
            values.set(field.name, value->text);
    }
}

Answer fail_deed(const Call& call, Deed deed, std::string_view reason) {
    constexpr std::string_view verbs[] = {"create", "update", "delete"};
    const std::string subject =
        fmt::format(fmt::runtime(kind_of(call).subject), verbs[static_cast<std::size_t>(deed)]);
    return die(subject + std::string(reason));
}

std::optional<Answer> require(const Call& call, std::string_view privilege, std::string_view path) {
    const std::string_view any_of[] = {privilege};
    return check_permission({path, any_of}, call);
}

Answer collection_list(Call& call) {
    const CollectionKind& kind = kind_of(call);
    if (kind.check_place)
        if (auto refusal = kind.check_place(call)) return std::move(*refusal);
    const Items& items = call.stage.objects.look(collection_path(call));
    std::vector<std::string> rows;
    for (std::size_t at = 0; at < items.size(); ++at)
        if (!kind.is_visible || kind.is_visible(call, items[at])) {
            JsonObject row = members(
                call, items[at],
                kind.keyed_by == Key::position ? std::to_string(at) : quoted(items[at].key));
            // A pool and a card have none.
            if (kind.shares_file || kind.item_has_digest)
                row.text("digest", digest_of(call, kind.shares_file));
            rows.push_back(row.str(call.stage.random));
        }
    // Positions are what rules are named by, so their order is kept.
    if (kind.keyed_by != Key::position) std::ranges::shuffle(rows, call.stage.random);
    return success(array(rows));
}

Answer collection_get(Call& call) {
    const CollectionKind& kind = kind_of(call);
    if (kind.check_place)
        if (auto refusal = kind.check_place(call)) return std::move(*refusal);
    Items& items = call.stage.objects.at(collection_path(call));
    const auto found = find_item(call, items);
    if (found == items.end()) {
        const std::string text =
            fmt::format(fmt::runtime(kind.missing.text), call.parameters.text(kind.key));
        return kind.missing.way == Refusal::Way::parameter ? refuse_parameter(kind.key, text)
                                                           : die(text);
    }
    if (kind.is_visible && !kind.is_visible(call, *found))
        return failure(403, "Permission check failed\n");
    const bool is_numbered = kind.keyed_by == Key::position;
    // Seen: in a list a position is a number, and alone it is a text.
    const std::string key = quoted(is_numbered ? call.parameters.text(kind.key) : found->key);
    JsonObject row = members(call, *found, kind.item_has_key ? key : std::string{});
    if (kind.item_has_digest) row.text("digest", digest_of(call, kind.shares_file));
    return success(row.str(call.stage.random));
}

Answer collection_create(Call& call) {
    const CollectionKind& kind = kind_of(call);
    if (auto refusal = check_before(call)) return std::move(*refusal);
    Item item{call.parameters.text(kind.key)};
    take_values(kind.create, call.parameters, kind.key, item.values);
    if (kind.check)
        if (auto refusal = kind.check(call, item, Deed::create)) return std::move(*refusal);
    Items& items = call.stage.objects.at(collection_path(call));
    if (kind.keyed_by == Key::position) {
        items.insert(items.begin(), item);
    } else {
        if (std::ranges::find(items, item.key, &Item::key) != items.end()) {
            const std::string text = fmt::format(fmt::runtime(kind.taken.text), item.key);
            return kind.taken.way == Refusal::Way::parameter ? refuse_parameter(kind.key, text)
                                                             : fail_deed(call, Deed::create, text);
        }
        items.push_back(item);
    }
    if (kind.done) kind.done(call, item, Deed::create);
    return report(call, item, Deed::create);
}

Answer collection_change(Call& call) {
    const CollectionKind& kind = kind_of(call);
    if (auto refusal = check_before(call)) return std::move(*refusal);
    Items& items = call.stage.objects.at(collection_path(call));
    const auto found = find_item(call, items);
    if (found == items.end()) return refuse(call, kind.missing, Deed::change);
    if (kind.keyed_by == Key::position && call.parameters.has("moveto")) {
        move_item(items, found, call.parameters.number("moveto"));
        return success("null");
    }
    Item changed = *found;
    change_values(call, changed);
    if (kind.check)
        if (auto refusal = kind.check(call, changed, Deed::change)) return std::move(*refusal);
    *found = changed;
    if (kind.done) kind.done(call, changed, Deed::change);
    return report(call, changed, Deed::change);
}

Answer collection_remove(Call& call) {
    const CollectionKind& kind = kind_of(call);
    if (auto refusal = check_before(call)) return std::move(*refusal);
    Items& items = call.stage.objects.at(collection_path(call));
    const auto found = find_item(call, items);
    if (found == items.end()) {
        if (kind.missing_at_removal.way == Refusal::Way::none) return success("null");
        return refuse(call, kind.missing_at_removal, Deed::remove);
    }
    Item item = *found;
    if (kind.check)
        if (auto refusal = kind.check(call, item, Deed::remove)) return std::move(*refusal);
    items.erase(found);
    if (kind.done) kind.done(call, item, Deed::remove);
    return report(call, item, Deed::remove);
}

Answer settings_get(Call& call) {
    const SettingsKind& kind = *call.route->settings;
    const Items& items = call.stage.objects.look(collection_path(call));
    const Item item = items.empty() ? Item{std::string(kind.name)} : items.front();
    JsonObject row;
    if (kind.show)
        kind.show(call, item, row);
    else
        for (const Config::Entry& entry : item.values.entries())
            row.raw(entry.key, entry.number ? entry.value : quoted(entry.value));
    if (kind.shares_file) row.text("digest", digest_of(call, true));
    return success(row.str(call.stage.random));
}

Answer settings_put(Call& call) {
    const SettingsKind& kind = *call.route->settings;
    if (auto refusal = check_digest(call, kind.shares_file)) return std::move(*refusal);
    Items& items = call.stage.objects.at(collection_path(call));
    if (items.empty()) items.push_back({std::string(kind.name)});
    take_values(kind.fields, call.parameters, {}, items.front().values);
    for (const std::string& name : split_list(call.parameters.text("delete")))
        items.front().values.erase(name);
    if (items.front().values.entries().empty()) items.clear();
    return success("null");
}

}  // namespace demo_node
