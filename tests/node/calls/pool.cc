// Pools: who is in them, and how guests and storages come in and go out.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "calls/calls.h"
#include "calls/collections.h"
#include "calls/privileges.h"
#include "http/forms.h"

namespace demo_node {

namespace {

using namespace privilege;
using Way = Refusal::Way;

constexpr Permission change_pool{"/pool/{poolid}", pool_allocate};
constexpr Place places[] = {{"", anyone, {"/pool/{poolid}", pool_audit}, change_pool, change_pool}};

constexpr Field create[] = {{.name = "poolid", .required = true, .form = pool_id_error},
                            {.name = "comment"}};
constexpr Field change[] = {{.name = "allow-move", .type = Type::boolean},
                            {.name = "comment"},
                            {.name = "delete", .type = Type::boolean},
                            {.name = "storage"},
                            {.name = "vms"}};
constexpr std::string_view member_types = "qemu, lxc, storage";
constexpr Field query[] = {{.name = "poolid", .form = pool_id_error},
                           {.name = "type", .choices = member_types, .needs = "poolid"}};
constexpr Field item_query[] = {{.name = "type", .choices = member_types}};

std::string no_pool(const Call& call) {
    return fmt::format("pool '{}' does not exist", call.parameters.text("poolid"));
}

/// A pool with its members.
std::string pool_object(Call& call, const Item& pool) {
    const std::string type = call.parameters.text("type");
    std::vector<std::string> members;
    for (const auto& [id, guest] : call.stage.cluster.guests)
        if (guest.pool == pool.key && (type.empty() || type == guest.kind->segment))
            members.push_back(member_row(call.stage, guest));
    JsonObject object;
    object.text("poolid", pool.key).raw("members", array(members));
    if (pool.values.has("comment")) object.text("comment", pool.values.get("comment"));
    return object.str(call.stage.random);
}

Answer get(Call& call) {
    const Item* pool =
        call.stage.objects.find(std::string(pools_path), call.parameters.text("poolid"));
    return pool ? success(pool_object(call, *pool)) : die(no_pool(call));
}

/// With a name it is a list of the one pool, and what it holds.
Answer list(Call& call) {
    if (!call.parameters.has("poolid")) return collection_list(call);
    const Item* pool =
        call.stage.objects.find(std::string(pools_path), call.parameters.text("poolid"));
    return pool ? success(fmt::format("[{}]", pool_object(call, *pool))) : die(no_pool(call));
}

bool is_visible(const Call& call, const Item& pool) {
    return call.token.may("Pool.Audit", fmt::format("/pool/{}", pool.key));
}

std::optional<Answer> check(Call& call, Item& pool, Deed deed) {
    if (deed != Deed::remove) return std::nullopt;
    for (const auto& [id, guest] : call.stage.cluster.guests)
        if (guest.pool == pool.key)
            return fail_deed(call, deed,
                             fmt::format("pool '{}' is not empty (contains VM {})", pool.key, id));
    return std::nullopt;
}

/// Members come with PUT, and go with it when it says delete.
std::optional<Answer> move_members(Call& call, Item& pool, Deed deed) {
    if (deed != Deed::change) return check(call, pool, deed);
    const bool is_removal = call.parameters.flag("delete");
    std::vector<Guest*> guests;
    for (const std::string& word : split_list(call.parameters.text("vms"))) {
        const auto found = call.stage.cluster.guests.find(std::strtol(word.c_str(), nullptr, 10));
        if (found == call.stage.cluster.guests.end())
            return fail_deed(call, deed, fmt::format("VM {} does not exist", word));
        Guest& guest = found->second;
        if (is_removal && guest.pool != pool.key)
            return fail_deed(call, deed, fmt::format("VM {} is not a pool member", word));
        if (!is_removal && !guest.pool.empty() && !call.parameters.flag("allow-move"))
            return fail_deed(call, deed,
                             fmt::format("VM {} belongs already to pool '{}'", word, guest.pool));
        guests.push_back(&guest);
    }
    pool.values.erase("vms");
    pool.values.erase("storage");
    pool.values.erase("allow-move");
    for (Guest* guest : guests) {
        guest->pool = is_removal ? std::string{} : pool.key;
        guest->touch();
    }
    return std::nullopt;
}

constexpr Refusal missing{Way::failure, "pool '{}' does not exist"};

constexpr CollectionKind collections[] = {
    {.name = "pools",
     .places = places,
     .key = "poolid",
     .create = create,
     .change = change,
     .query = query,
     .item_query = item_query,
     .taken = {Way::failure, "pool '{}' already exists"},
     .missing = missing,
     .missing_at_removal = missing,
     .subject = "{} pool failed: ",
     .check = move_members,
     .is_visible = is_visible,
     .list = list,
     .get = get},
};

/// The same pool with its name among the parameters instead of in the path.
Answer as_item(Call& call, Handler handler) {
    static const Route route{.method = {},
                             .path = {},
                             .handler = nullptr,
                             .collection = collections,
                             .place = places,
                             .shelf = pools_path};
    call.route = &route;
    return handler(call);
}

}  // namespace

std::span<const CollectionKind> pool_collections() { return collections; }

Answer pool_members_put(Call& call) { return as_item(call, collection_change); }

Answer pool_remove(Call& call) { return as_item(call, collection_remove); }

}  // namespace demo_node
