// The software-defined network: zones, vnets and subnets, pending until they are applied.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: three collections that look into each other, and the call that applies them.
#include <fmt/format.h>

#include <algorithm>

#include "calls/calls.h"
#include "calls/collections.h"
#include "calls/privileges.h"
#include "http/forms.h"

namespace demo_node {

namespace {

using namespace privilege;
using Way = Refusal::Way;

constexpr std::size_t most_name = 8, most_alias = 256;
constexpr long most_vxlan = 16'777'215, most_port = 65'536;
constexpr std::string_view top = "/cluster/sdn";
constexpr std::string_view zones_path = "/cluster/sdn/zones";
constexpr std::string_view vnets_path = "/cluster/sdn/vnets";
constexpr std::string_view zone_types = "evpn, faucet, qinq, simple, vlan, vxlan";

constexpr Permission change_zone{"/sdn/zones/{zone}", sdn_allocate};
constexpr Place zone_places[] = {
    {top, anyone, change_zone, {"/sdn/zones", sdn_allocate}, change_zone}};
constexpr Place vnet_places[] = {{top, anyone, anyone, change_zone, anyone}};
constexpr Place subnet_places[] = {{"/cluster/sdn/vnets/{vnet}", anyone, anyone, anyone, anyone}};

constexpr Field lock_token{.name = "lock-token"};
constexpr Field removal[] = {lock_token};
constexpr Field pending{.name = "pending", .type = Type::boolean};
constexpr Field running{.name = "running", .type = Type::boolean};
constexpr Field query[] = {pending, running};
constexpr Field zone_query[] = {pending, running, {.name = "type", .choices = zone_types}};

constexpr Field zone_name{
    .name = "zone", .required = true, .max_length = most_name, .form = short_word_error};
constexpr Field zone_type{.name = "type", .required = true, .choices = zone_types};

/// What a zone may have; the first two are there when it is made, and never change.
constexpr Field zone_create[] = {
    zone_name,
    zone_type,
    lock_token,
    {.name = "advertise-subnets", .type = Type::boolean},
    {.name = "bridge"},
    {.name = "bridge-disable-mac-learning", .type = Type::boolean},
    {.name = "controller"},
    {.name = "dhcp", .choices = "dnsmasq"},
    {.name = "disable-arp-nd-suppression", .type = Type::boolean},
    {.name = "dns"},
    {.name = "dnszone", .format = Format::dns_name},
    {.name = "dp-id", .type = Type::integer},
    {.name = "exitnodes"},
    {.name = "exitnodes-local-routing", .type = Type::boolean},
    {.name = "exitnodes-primary", .format = Format::node},
    {.name = "fabric"},
    {.name = "ipam"},
    {.name = "mac", .form = hardware_address_error},
    {.name = "mtu", .type = Type::integer},
    {.name = "nodes"},
    {.name = "peers"},
    {.name = "reversedns"},
    {.name = "rt-import"},
    {.name = "tag", .type = Type::integer, .minimum = 0},
    {.name = "vlan-protocol", .choices = "802.1q, 802.1ad"},
    {.name = "vrf-vxlan", .type = Type::integer, .minimum = 1, .maximum = most_vxlan},
    {.name = "vxlan-port", .type = Type::integer, .minimum = 1, .maximum = most_port}};
constexpr std::size_t fixed_zone_fields = 2;

constexpr Field vnet_zone{.name = "zone"};
constexpr Field vnet_create[] = {
    {.name = "vnet", .required = true, .max_length = most_name, .form = short_word_error},
    {.name = "zone", .required = true},
    {.name = "type", .choices = "vnet"},
    lock_token,
    {.name = "alias", .max_length = most_alias},
    {.name = "isolate-ports", .type = Type::boolean},
    {.name = "tag", .type = Type::integer, .minimum = 1, .maximum = most_vxlan},
    {.name = "vlanaware", .type = Type::boolean}};
constexpr Field vnet_change[] = {
    vnet_zone,
    lock_token,
    {.name = "delete"},
    {.name = "digest"},
    {.name = "alias", .max_length = most_alias},
    {.name = "isolate-ports", .type = Type::boolean},
    {.name = "tag", .type = Type::integer, .minimum = 1, .maximum = most_vxlan},
    {.name = "vlanaware", .type = Type::boolean}};

constexpr Field subnet_create[] = {{.name = "subnet", .required = true, .form = network_error},
                                   {.name = "type", .required = true, .choices = "subnet"},
                                   lock_token,
                                   {.name = "dhcp-dns-server", .form = address_error},
                                   {.name = "dhcp-range", .type = Type::list},
                                   {.name = "dnszoneprefix", .format = Format::dns_name},
                                   {.name = "gateway", .form = address_error},
                                   {.name = "snat", .type = Type::boolean}};
constexpr Field subnet_change[] = {lock_token,
                                   {.name = "delete"},
                                   {.name = "digest"},
                                   {.name = "dhcp-dns-server", .form = address_error},
                                   {.name = "dhcp-range", .type = Type::list},
                                   {.name = "dnszoneprefix", .format = Format::dns_name},
                                   {.name = "gateway", .form = address_error},
                                   {.name = "snat", .type = Type::boolean}};

std::span<const Field> zone_change() {
    static const std::vector<Field> fields = [] {
        std::vector<Field> all(std::begin(zone_create) + fixed_zone_fields, std::end(zone_create));
        all.push_back({.name = "delete"});
        all.push_back({.name = "digest"});
        return all;
    }();
    return fields;
}

const Items& running_items(const Call& call, const std::string& path) {
    static const Items none;
    const auto found = call.stage.applied.find(path);
    return found == call.stage.applied.end() ? none : found->second;
}

std::string zone_of_vnet(const Call& call, std::string_view vnet) {
    const Item* found = call.stage.objects.find(std::string(vnets_path), vnet);
    return found ? std::string(found->values.get("zone")) : std::string{};
}

std::string access_path(std::string_view zone, std::string_view vnet) {
    return vnet.empty() ? fmt::format("/sdn/zones/{}", zone)
                        : fmt::format("/sdn/zones/{}/{}", zone, vnet);
}

bool sees(const Call& call, const std::string& path) {
    return call.token.may("SDN.Audit", path) || call.token.may("SDN.Allocate", path);
}

bool sees_zone(const Call& call, const Item& zone) { return sees(call, access_path(zone.key, "")); }

bool sees_vnet(const Call& call, const Item& vnet) {
    return sees(call, access_path(vnet.values.get("zone"), vnet.key));
}

bool sees_subnet(const Call& call, const Item&) {
    const std::string vnet = call.parameters.text("vnet");
    return sees(call, access_path(zone_of_vnet(call, vnet), vnet));
}

std::optional<Answer> check_zone(Call& call, Item& zone, Deed deed) {
    if (deed != Deed::remove) return std::nullopt;
    for (const Item& vnet : call.stage.objects.look(std::string(vnets_path)))
        if (vnet.values.get("zone") == zone.key)
            return fail_deed(call, deed,
                             fmt::format("zone {} is used by vnet {} at /usr/share/perl5/PVE/"
                                         "Network/SDN/Zones/Plugin.pm line 149.",
                                         zone.key, vnet.key));
    return std::nullopt;
}

std::optional<Answer> check_vnet(Call& call, Item& vnet, Deed deed) {
    const std::string zone(vnet.values.get("zone"));
    if (deed != Deed::create)
        if (auto refusal = require(call, "SDN.Allocate", access_path(zone, vnet.key)))
            return refusal;
    if (deed == Deed::remove) {
        const std::string subnets = fmt::format("{}/{}/subnets", vnets_path, vnet.key);
        if (call.stage.objects.look(subnets).empty()) return std::nullopt;
        return fail_deed(call, deed, "Can't delete vnet if subnets exists");
    }
    vnet.values.set("type", "vnet");
    const bool is_taken =
        deed == Deed::create && call.stage.objects.find(std::string(vnets_path), vnet.key);
    if (is_taken || call.stage.objects.find(std::string(zones_path), zone)) return std::nullopt;
    return fail_deed(call, deed,
                     "cannot lookup undefined type! at /usr/share/perl5/PVE/API2/Network/SDN/"
                     "Vnets.pm line 326.");
}

/// "10.50.0.0/24" in the zone "lab" is called "lab-10.50.0.0-24".
std::optional<Answer> check_subnet(Call& call, Item& subnet, Deed deed) {
    const std::string vnet = call.parameters.text("vnet");
    const std::string zone = zone_of_vnet(call, vnet);
    if (auto refusal = require(call, "SDN.Allocate", access_path(zone, vnet))) return refusal;
    if (deed == Deed::remove) return std::nullopt;
    if (deed == Deed::create) {
        subnet.values.set("cidr", subnet.key);
        std::ranges::replace(subnet.key, '/', '-');
        subnet.key = fmt::format("{}-{}", zone, subnet.key);
        subnet.values.set("vnet", vnet);
        subnet.values.set("zone", zone);
    }
    const std::string cidr(subnet.values.get("cidr"));
    const std::string_view gateway = subnet.values.get("gateway");
    if (gateway.empty() || is_inside(read_network(cidr), gateway)) return std::nullopt;
    return fail_deed(call, deed,
                     fmt::format("400 Parameter verification failed.\ngateway: {} is not in "
                                 "subnet {}",
                                 gateway, cidr));
}

std::optional<Answer> check_vnet_place(Call& call) {
    const std::string vnet = call.parameters.text("vnet");
    if (call.stage.objects.find(std::string(vnets_path), vnet)) return std::nullopt;
    return die(fmt::format("sdn '{}' does not exist", vnet));
}

void show_subnet(const Call&, const Item& subnet, JsonObject& row) {
    const Network network = read_network(subnet.values.get("cidr"));
    row.text("id", subnet.key).text("mask", std::to_string(network.prefix));
    row.text("network", network.address);
    if (!subnet.values.has("dhcp-range")) row.raw("dhcp-range", "[]");
}

/// Members that a row has whether they are pending or not.
bool is_fixed(const Config::Entry& entry) {
    constexpr std::string_view fixed[] = {"type", "cidr", "vnet", "zone"};
    return std::ranges::find(fixed, entry.key) != std::end(fixed);
}

bool is_fixed_member(const Call& call, const Config::Entry& entry) {
    // Of a vnet the zone can change; of a subnet it is known from its vnet.
    return is_fixed(entry) && !(call.route->collection->key == "vnet" && entry.key == "zone");
}

std::string json_of(const Config::Entry& entry) {
    return entry.number ? entry.value : quoted(entry.value);
}

/// A row of ?pending=1: what is running, and beside it what will be.
std::string pending_row(Call& call, const Item* wanted, const Item* now) {
    const CollectionKind& kind = *call.route->collection;
    const Item& shown = wanted ? *wanted : *now;
    JsonObject row, changes;
    bool is_changed = false;
    row.text(kind.key, shown.key).raw("digest", "null");
    if (kind.show) kind.show(call, shown, row);
    for (const Config::Entry& entry : shown.values.entries()) {
        if (is_fixed_member(call, entry)) {
            row.raw(entry.key, json_of(entry));
            continue;
        }
        const bool differs = !now || now->values.get(entry.key) != entry.value;
        if (now && now->values.has(entry.key))
            row.raw(entry.key,
                    differs && wanted ? quoted(now->values.get(entry.key)) : json_of(entry));
        if (!wanted || !differs) continue;
        changes.raw(entry.key, json_of(entry));
        is_changed = true;
    }
    if (!wanted)
        row.text("state", "deleted").raw("pending", "{}");
    else if (!now)
        row.text("state", "new").raw("pending", changes.str(call.stage.random));
    else if (is_changed)
        row.text("state", "changed").raw("pending", changes.str(call.stage.random));
    return row.str(call.stage.random);
}

Answer pending_list(Call& call) {
    const CollectionKind& kind = *call.route->collection;
    const Items& wanted = call.stage.objects.look(collection_path(call));
    const Items& now = running_items(call, collection_path(call));
    const auto find_in = [](const Items& items, const std::string& key) -> const Item* {
        const auto found = std::ranges::find(items, key, &Item::key);
        return found == items.end() ? nullptr : &*found;
    };
    std::vector<std::string> rows;
    for (const Item& item : wanted)
        if (kind.is_visible(call, item))
            rows.push_back(pending_row(call, &item, find_in(now, item.key)));
    for (const Item& item : now)
        if (!find_in(wanted, item.key) && kind.is_visible(call, item))
            rows.push_back(pending_row(call, nullptr, &item));
    return success(array(rows));
}

Answer running_list(Call& call) {
    const CollectionKind& kind = *call.route->collection;
    std::vector<std::string> rows;
    for (const Item& item : running_items(call, collection_path(call))) {
        if (!kind.is_visible(call, item)) continue;
        JsonObject row;
        row.text(kind.key, item.key).raw("digest", "null");
        for (const Config::Entry& entry : item.values.entries()) row.raw(entry.key, json_of(entry));
        if (kind.show) kind.show(call, item, row);
        rows.push_back(row.str(call.stage.random));
    }
    return success(array(rows));
}

Answer sdn_list(Call& call) {
    if (call.parameters.flag("pending")) return pending_list(call);
    if (call.parameters.flag("running")) return running_list(call);
    return collection_list(call);
}

CollectionKind zones() {
    return {.name = "zones",
            .places = zone_places,
            .key = "zone",
            .create = zone_create,
            .change = zone_change(),
            .remove = removal,
            .query = zone_query,
            .item_query = query,
            .taken = {Way::failure, "sdn zone object ID '{}' already defined"},
            .missing = {Way::failure, "sdn '{}' does not exist"},
            .missing_at_removal = {Way::failure, "sdn '{}' does not exist"},
            .subject = "{} sdn zone object failed: ",
            .item_has_digest = true,
            .check = check_zone,
            .is_visible = sees_zone,
            .list = sdn_list};
}

CollectionKind vnets() {
    return {.name = "vnets",
            .places = vnet_places,
            .key = "vnet",
            .create = vnet_create,
            .change = vnet_change,
            .remove = removal,
            .query = query,
            .item_query = query,
            .taken = {Way::failure, "sdn vnet object ID '{}' already defined"},
            .missing = {Way::failure, "sdn '{}' does not exist"},
            .missing_at_removal = {Way::failure, "sdn '{}' does not exist"},
            .subject = "{} sdn vnet object failed: ",
            .item_has_digest = true,
            .check = check_vnet,
            .is_visible = sees_vnet,
            .list = sdn_list};
}

CollectionKind subnets() {
    return {.name = "subnets",
            .places = subnet_places,
            .key = "subnet",
            .create = subnet_create,
            .change = subnet_change,
            .remove = removal,
            .query = query,
            .item_query = query,
            .taken = {Way::failure, "sdn subnet object ID '{}' already defined"},
            .missing = {Way::failure, "sdn subnet '{}' does not exist"},
            .missing_at_removal = {Way::failure, "sdn subnet '{}' does not exist"},
            .subject = "{} sdn subnet object failed: ",
            .item_has_digest = true,
            .check = check_subnet,
            .show = show_subnet,
            .is_visible = sees_subnet,
            .check_place = check_vnet_place,
            .list = sdn_list};
}

const std::vector<CollectionKind>& kinds() {
    static const std::vector<CollectionKind> rows = {zones(), vnets(), subnets()};
    return rows;
}

/// All that is pending becomes what runs.
void apply(Stage& stage) {
    std::erase_if(stage.applied, [](const auto& one) { return one.first.starts_with(top); });
    stage.applied.merge(stage.objects.below(top));
}

bool is_applied(const Call& call, const Item& vnet) {
    const Items& now = running_items(call, std::string(vnets_path));
    return std::ranges::find(now, vnet.key, &Item::key) != now.end();
}

}  // namespace

std::span<const CollectionKind> sdn_collections() { return kinds(); }

Answer sdn_index(Call&) {
    return success(R"([{"id":"vnets"},{"id":"zones"},{"id":"controllers"},{"id":"ipams"},)"
                   R"({"id":"dns"},{"id":"fabrics"}])");
}

Answer sdn_ipams(Call& call) {
    JsonObject row;
    row.text("ipam", "pve").text("type", "pve").text("digest", Objects().digest(top));
    return success(fmt::format("[{}]", row.str(call.stage.random)));
}

/// One line for each node that reads its network anew; none is ever asked twice.
Answer sdn_apply(Call& call) {
    Plan plan;
    plan.takes_lock = false;
    plan.begin = [&stage = call.stage](Task& task) -> Plan::Duration {
        for (const ClusterNode& node : stage.cluster.nodes)
            if (node.online)
                task.log.push_back(fmt::format("{}: reloading network config", node.name));
        return stage.tasks.duration_ms(task.type);
    };
    plan.end = [&stage = call.stage](Task&) -> Plan::Status {
        apply(stage);
        return "OK";
    };
    return begin_task(call, "reloadnetworkall", std::move(plan));
}

Answer node_zones(Call& call) {
    std::vector<std::string> rows;
    for (const Item& zone : running_items(call, std::string(zones_path)))
        if (sees_zone(call, zone))
            rows.push_back(JsonObject()
                               .text("zone", zone.key)
                               .text("status", "available")
                               .str(call.stage.random));
    for (const Item& zone : call.stage.objects.look(std::string(zones_path))) {
        const Items& now = running_items(call, std::string(zones_path));
        if (std::ranges::find(now, zone.key, &Item::key) == now.end() && sees_zone(call, zone))
            rows.push_back(JsonObject()
                               .text("zone", zone.key)
                               .text("status", "pending")
                               .str(call.stage.random));
    }
    return success(array(rows));
}

Answer node_zone_content(Call& call) {
    const std::string zone = call.parameters.text("zone");
    std::vector<std::string> rows;
    for (const Item& vnet : call.stage.objects.look(std::string(vnets_path))) {
        if (vnet.values.get("zone") != zone) continue;
        JsonObject row;
        row.text("vnet", vnet.key);
        if (is_applied(call, vnet))
            row.text("status", "available");
        else
            row.text("status", "pending")
                .text("statusmsg",
                      "local sdn network configuration is not yet generated, please reload");
        rows.push_back(row.str(call.stage.random));
    }
    return success(array(rows));
}

}  // namespace demo_node
