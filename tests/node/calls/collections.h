// The table of collections: where they lie, what an object of one is, and how it is refused.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: a row of the table is explained in one piece.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "calls/router.h"

namespace demo_node {

/// A path below which collections hang, and what it takes there to see the list, to read an object,
/// to make one, and to change or remove one.
struct Place {
    std::string_view path;
    Permission list{};
    Permission read{};
    Permission create{};
    Permission change{};
};

/// An error that is told in one way for all objects of a kind; '{}' in `text` is the object's key.
struct Refusal {
    enum class Way {
        none,       // nobody minds
        parameter,  // 400 that blames the key
        failure,    // 500
    };
    Way way = Way::none;
    std::string_view text{};
};

enum class Deed { create, change, remove };

/// What tells the objects of a collection apart.
enum class Key {
    name,
    position,  // new ones are put on top, and the others move down
    rest,      // a name that may hold slashes: it takes the rest of the path
};

/// One row: a kind of objects, and every place where there is a collection of them. The calls are
/// GET and POST of the collection, GET, PUT and DELETE of an object; each answers null or objects.
struct CollectionKind {
    std::string_view name;
    std::span<const Place> places;
    Key keyed_by = Key::name;
    /// The parameter that is the key, and the name of the item in the path.
    std::string_view key{};
    std::span<const Field> create{};
    std::span<const Field> change{};
    std::span<const Field> remove{};
    std::span<const Field> query{};
    std::span<const Field> item_query{};
    Refusal taken{};
    Refusal missing{};
    Refusal missing_at_removal{};
    /// What 500s begin with; '{}' is create, update or delete.
    std::string_view subject{};
    /// Objects can be read one by one, and can be changed.
    bool has_item = true;
    bool has_change = true;
    /// PUT sets what is given and drops the rest.
    bool replaces = false;
    /// Collections of one place lie in one file, and have its digest.
    bool shares_file = false;
    bool item_has_digest = false;
    bool item_has_key = true;

    /// Looks at an object before the deed, and may complete it.
    std::optional<Answer> (*check)(Call& call, Item& item, Deed deed) = nullptr;
    /// More members of a row, which are not kept but known.
    void (*show)(const Call& call, const Item& item, JsonObject& row) = nullptr;
    bool (*is_visible)(const Call& call, const Item& item) = nullptr;
    /// The collection itself is missing.
    std::optional<Answer> (*check_place)(Call& call) = nullptr;
    void (*done)(Call& call, const Item& item, Deed deed) = nullptr;
    /// What a deed answers when that is not null.
    std::string (*report)(const Call& call, const Item& item, Deed deed) = nullptr;
    /// Where the list, or an object, is more than its members.
    Handler list = nullptr;
    Handler get = nullptr;
};

/// A file of settings: one object that is always there. GET shows it, PUT changes it.
struct SettingsKind {
    std::string_view name;
    Place place;
    std::span<const Field> fields;
    bool shares_file = false;
    void (*show)(const Call& call, const Item& item, JsonObject& row) = nullptr;
};

std::span<const CollectionKind> firewall_collections();
std::span<const SettingsKind> firewall_settings();
std::span<const CollectionKind> network_collections();
std::span<const CollectionKind> sdn_collections();
std::span<const CollectionKind> storage_collections();
std::span<const CollectionKind> pool_collections();
std::span<const SettingsKind> cluster_settings();

Answer collection_list(Call& call);
Answer collection_get(Call& call);
Answer collection_create(Call& call);
Answer collection_change(Call& call);
Answer collection_remove(Call& call);
Answer settings_get(Call& call);
Answer settings_put(Call& call);

/// The path of the collection that a call is about.
std::string collection_path(const Call& call);

/// Sets or clears what the parameters say, by the fields that describe them.
void take_values(std::span<const Field> fields, const Parameters& parameters, std::string_view key,
                 Config& values);

/// Which 500 a deed ends with: the row's subject and the reason.
Answer fail_deed(const Call& call, Deed deed, std::string_view reason);

/// 403 of one privilege, or nothing when the token has it.
std::optional<Answer> require(const Call& call, std::string_view privilege, std::string_view path);

}  // namespace demo_node
