// A node's network: its cards and bridges, and what is pending until the network is reloaded.
// SPDX-License-Identifier: GPL-3.0-or-later
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

constexpr std::size_t most_name = 20, most_options = 1024;
constexpr long least_mtu = 1280, most_mtu = 65'520, most_tag = 4094, most_prefix = 128;
constexpr std::size_t first_priority = 3;

constexpr std::string_view types =
    "bridge, bond, eth, alias, vlan, fabric, OVSBridge, OVSBond, OVSPort, OVSIntPort, vnet, "
    "unknown";

constexpr Permission change_node{"/nodes/{node}", system_modify};
constexpr Place places[] = {
    {"/nodes/{node}", anyone, {"/nodes/{node}", system_audit}, change_node, change_node}};

constexpr Field name{
    .name = "iface", .required = true, .max_length = most_name, .form = interface_name_error};

/// The first one is the name, which PUT has in its path.
constexpr Field create[] = {
    name,
    {.name = "type", .required = true, .choices = types},
    {.name = "address", .form = ipv4_error, .needs = "netmask"},
    {.name = "address6", .form = ipv6_error, .needs = "netmask6"},
    {.name = "autostart", .type = Type::boolean},
    {.name = "bond-primary", .form = interface_name_error},
    {.name = "bond_mode",
     .choices = "balance-rr, active-backup, balance-xor, broadcast, 802.3ad, balance-tlb, "
                "balance-alb, balance-slb, lacp-balance-slb, lacp-balance-tcp"},
    {.name = "bond_xmit_hash_policy", .choices = "layer2, layer2+3, layer3+4"},
    {.name = "bridge_ports"},
    {.name = "bridge_vids"},
    {.name = "bridge_vlan_aware", .type = Type::boolean},
    {.name = "cidr", .form = interface_network_error},
    {.name = "cidr6"},
    {.name = "comments"},
    {.name = "comments6"},
    {.name = "gateway", .form = ipv4_error},
    {.name = "gateway6", .form = ipv6_error},
    {.name = "mtu", .type = Type::integer, .minimum = least_mtu, .maximum = most_mtu},
    {.name = "netmask", .needs = "address"},
    {.name = "netmask6",
     .type = Type::integer,
     .minimum = 0,
     .maximum = most_prefix,
     .needs = "address6"},
    {.name = "ovs_bonds"},
    {.name = "ovs_bridge", .form = interface_name_error},
    {.name = "ovs_options", .max_length = most_options},
    {.name = "ovs_ports"},
    {.name = "ovs_tag", .type = Type::integer, .minimum = 1, .maximum = most_tag},
    {.name = "slaves"},
    {.name = "vlan-id", .type = Type::integer, .minimum = 1, .maximum = most_tag},
    {.name = "vlan-raw-device", .form = interface_name_error}};

std::span<const Field> change() {
    static const std::vector<Field> fields = [] {
        std::vector<Field> all(std::begin(create) + 1, std::end(create));
        all.push_back({.name = "delete"});
        return all;
    }();
    return fields;
}

constexpr Field query[] = {
    {.name = "type",
     .choices = "bridge, bond, eth, alias, vlan, fabric, OVSBridge, OVSBond, OVSPort, OVSIntPort, "
                "vnet, any_bridge, any_local_bridge, include_sdn"}};

/// What the file of interfaces says besides what was asked for.
std::optional<Answer> complete(Call& call, Item& card, Deed deed) {
    if (deed == Deed::remove) return std::nullopt;
    Config& values = card.values;
    // Whether it is there and up is not in the file, so a new text does not change it.
    if (const Item* before = call.stage.objects.find(networks_path(call.node()), card.key))
        for (const std::string_view key : {"exists", "active"})
            if (before->values.has(key)) values.set_number(key, 1);
    if (values.has("cidr")) {
        const Network network = read_network(values.get("cidr"));
        values.set("address", network.address);
        values.set("netmask", std::to_string(network.prefix));
    } else if (values.has("address")) {
        values.set("cidr", fmt::format("{}/{}", values.get("address"), values.get("netmask")));
    }
    values.set("method", values.has("address") ? "static" : "manual");
    values.set("method6", values.has("address6") ? "static" : "manual");
    for (const std::string_view key : {"comments", "comments6"})
        if (const std::string text(values.get(key)); !text.empty() && !text.ends_with('\n'))
            values.set(key, text + '\n');
    if (values.get("type") != "bridge") return std::nullopt;
    for (const auto& [key, otherwise] :
         {std::pair{"bridge_fd", "0"}, std::pair{"bridge_stp", "off"},
          std::pair{"bridge_ports", ""}})
        if (!values.has(key)) values.set(key, otherwise);
    return std::nullopt;
}

bool is_pending(const Call& call) {
    const std::string path = networks_path(call.node());
    const auto texts = [](const Items& items) {
        std::string text;
        for (const Item& item : items) text += item.key + ' ' + item.values.digest() + '\n';
        return text;
    };
    return texts(call.stage.objects.look(path)) != texts(call.stage.applied[path]);
}

/// A card that no file names has no place in it.
void show(const Call& call, const Item& card, JsonObject& row) {
    row.raw("families", R"(["inet"])");
    const bool is_pending_file = is_pending(call);
    std::size_t priority = first_priority;
    for (const Item& other : call.stage.objects.look(networks_path(call.node()))) {
        const bool is_in_file = is_pending_file || !other.values.has("exists");
        if (other.key == card.key && is_in_file) row.number("priority", priority);
        if (is_in_file) ++priority;
    }
}

bool is_wanted(const Call& call, const Item& card) {
    const std::string wanted = call.parameters.text("type");
    const std::string_view type = card.values.get("type");
    if (call.route->method != "GET" || wanted.empty() || wanted == "include_sdn") return true;
    if (wanted == "any_bridge" || wanted == "any_local_bridge")
        return type == "bridge" || type == "OVSBridge";
    return wanted == type;
}

std::string stanzas(const Items& items, char mark) {
    std::string text;
    for (const Item& item : items) {
        text += fmt::format("{0}auto {1}\n{0}iface {1} inet {2}\n", mark, item.key,
                            item.values.get("method"));
        if (item.values.has("cidr"))
            text += fmt::format("{}\taddress {}\n", mark, item.values.get("cidr"));
    }
    return text;
}

/// What is pending comes beside the list, as a difference of the two files.
Answer list(Call& call) {
    Answer answer = collection_list(call);
    if (!is_pending(call)) return answer;
    const std::string path = networks_path(call.node());
    const std::string changes =
        "--- /etc/network/interfaces\n+++ /etc/network/interfaces.new\n@@ -1 +1 @@\n" +
        stanzas(call.stage.applied[path], '-') + stanzas(call.stage.objects.look(path), '+');
    answer.body.insert(answer.body.size() - 1, fmt::format(",\"changes\":{}", quoted(changes)));
    return answer;
}

constexpr Refusal no_card{Way::parameter, "interface does not exist"};

const std::vector<CollectionKind>& kinds() {
    static const std::vector<CollectionKind> rows = {
        {.name = "network",
         .places = places,
         .key = "iface",
         .create = create,
         .change = change(),
         .query = query,
         .taken = {Way::parameter, "interface already exists"},
         .missing = no_card,
         .missing_at_removal = no_card,
         .replaces = true,
         .item_has_key = false,
         .check = complete,
         .show = show,
         .is_visible = is_wanted,
         .list = list},
    };
    return rows;
}

}  // namespace

std::span<const CollectionKind> network_collections() { return kinds(); }

Answer network_revert(Call& call) {
    const std::string path = networks_path(call.node());
    call.stage.objects.at(path) = call.stage.applied[path];
    return success("null");
}

Answer network_reload(Call& call) {
    Plan plan;
    plan.takes_lock = false;
    plan.id = "networking";
    plan.begin = [&stage = call.stage](Task& task) -> Plan::Duration {
        return stage.tasks.duration_ms(task.type);
    };
    plan.end = [&stage = call.stage, path = networks_path(call.node())](Task&) -> Plan::Status {
        // What was only written becomes what is up.
        for (Item& card : stage.objects.at(path)) card.values.set_number("active", 1);
        stage.applied[path] = stage.objects.at(path);
        return "OK";
    };
    return begin_task(call, "srvreload", std::move(plan));
}

}  // namespace demo_node
