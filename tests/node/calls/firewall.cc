// The firewall's collections: aliases, sets, rules and groups of a guest, a node and the cluster.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: most of it is the table of what the firewall's calls take.
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

constexpr std::size_t most_name = 64, most_group = 18, most_digest = 64, most_action = 20;
constexpr std::size_t most_addresses = 512, most_interface = 20, most_macro = 128;

constexpr std::string_view log_levels =
    "emerg, alert, crit, err, warning, notice, info, debug, nolog";
constexpr std::string_view policies = "ACCEPT, REJECT, DROP";

constexpr Permission read_guest{"/vms/{vmid}", vm_audit};
constexpr Permission change_guest{"/vms/{vmid}", vm_network};
constexpr Permission read_cluster{"/", system_audit};
constexpr Permission change_cluster{"/", system_modify};
constexpr Permission read_node{"/nodes/{node}", system_audit};
constexpr Permission change_node{"/nodes/{node}", system_modify};

constexpr Place of_machine{"/nodes/{node}/qemu/{vmid}/firewall", read_guest, read_guest,
                           change_guest, change_guest};
constexpr Place of_container{"/nodes/{node}/lxc/{vmid}/firewall", read_guest, read_guest,
                             change_guest, change_guest};
constexpr Place of_cluster{"/cluster/firewall", read_cluster, read_cluster, change_cluster,
                           change_cluster};
constexpr Place of_node{"/nodes/{node}/firewall", read_node, read_node, change_node, change_node};

constexpr Place names_places[] = {of_machine, of_container, of_cluster};
constexpr Place rule_places[] = {of_machine, of_container, of_cluster, of_node};
constexpr Place group_places[] = {of_cluster};
constexpr Place group_rule_places[] = {{"/cluster/firewall/groups/{group}", read_cluster,
                                        read_cluster, change_cluster, change_cluster}};
constexpr Place set_places[] = {
    {"/nodes/{node}/qemu/{vmid}/firewall/ipset/{name}", read_guest, read_guest, change_guest,
     change_guest},
    {"/nodes/{node}/lxc/{vmid}/firewall/ipset/{name}", read_guest, read_guest, change_guest,
     change_guest},
    {"/cluster/firewall/ipset/{name}", read_cluster, read_cluster, change_cluster, change_cluster}};

constexpr Field digest{.name = "digest", .max_length = most_digest};
constexpr Field comment{.name = "comment"};
constexpr Field only_digest[] = {digest};

constexpr Field alias_create[] = {
    {.name = "name", .required = true, .max_length = most_name, .form = word_error},
    {.name = "cidr", .required = true, .form = network_error},
    comment};
constexpr Field alias_change[] = {{.name = "cidr", .required = true, .form = network_error},
                                  comment,
                                  digest,
                                  {.name = "rename", .max_length = most_name, .form = word_error}};

constexpr Field set_create[] = {
    {.name = "name", .required = true, .max_length = most_name, .form = word_error},
    comment,
    digest,
    {.name = "rename", .max_length = most_name, .form = word_error}};
constexpr Field set_remove[] = {{.name = "force", .type = Type::boolean}};

constexpr Field member_create[] = {{.name = "cidr", .required = true, .form = rule_address_error},
                                   comment,
                                   {.name = "nomatch", .type = Type::boolean}};
constexpr Field member_change[] = {comment, {.name = "nomatch", .type = Type::boolean}, digest};

constexpr Field group_create[] = {
    {.name = "group", .required = true, .max_length = most_group, .form = word_error},
    comment,
    digest,
    {.name = "rename", .max_length = most_group, .form = word_error}};

/// POST and PUT take the same, but for what has to be there.
constexpr Field rule_type{.name = "type", .choices = "in, out, forward, group"};
constexpr Field rule_action{.name = "action", .max_length = most_action, .form = word_error};

constexpr Field required(Field field) {
    field.required = true;
    return field;
}

constexpr Field rule_create[] = {
    required(rule_type),
    required(rule_action),
    comment,
    {.name = "dest", .max_length = most_addresses, .form = rule_address_error},
    digest,
    {.name = "dport", .form = port_error, .needs = "proto"},
    {.name = "enable", .type = Type::integer, .minimum = 0},
    {.name = "icmp-type", .needs = "proto"},
    {.name = "iface", .max_length = most_interface, .form = interface_name_error},
    {.name = "log", .choices = log_levels},
    {.name = "macro", .max_length = most_macro},
    {.name = "pos", .type = Type::integer, .minimum = 0},
    {.name = "proto"},
    {.name = "source", .max_length = most_addresses, .form = rule_address_error},
    {.name = "sport", .form = port_error, .needs = "proto"}};
constexpr Field rule_change[] = {
    rule_type,
    rule_action,
    comment,
    {.name = "delete"},
    {.name = "dest", .max_length = most_addresses, .form = rule_address_error},
    digest,
    {.name = "dport", .form = port_error},
    {.name = "enable", .type = Type::integer, .minimum = 0},
    {.name = "icmp-type"},
    {.name = "iface", .max_length = most_interface, .form = interface_name_error},
    {.name = "log", .choices = log_levels},
    {.name = "macro", .max_length = most_macro},
    {.name = "moveto", .type = Type::integer, .minimum = 0},
    {.name = "proto"},
    {.name = "source", .max_length = most_addresses, .form = rule_address_error},
    {.name = "sport", .form = port_error}};

struct Macro {
    std::string_view name;
    std::string_view meaning;
};

constexpr Macro macros[] = {
    {"DHCPfwd", "Forwarded DHCP traffic"},
    {"DNS", "Domain Name System traffic (upd and tcp)"},
    {"FTP", "File Transfer Protocol"},
    {"HTTP", "Hypertext Transfer Protocol (WWW)"},
    {"HTTPS", "Hypertext Transfer Protocol (WWW) over SSL"},
    {"IMAP", "Internet Message Access Protocol"},
    {"LDAP", "Lightweight Directory Access Protocol traffic"},
    {"MySQL", "MySQL server"},
    {"NTP", "Network Time Protocol (ntpd)"},
    {"Ping", "ICMP echo request"},
    {"PostgreSQL", "PostgreSQL server"},
    {"RDP", "Microsoft Remote Desktop Protocol traffic"},
    {"SMB", "Microsoft SMB traffic"},
    {"SMTP", "Simple Mail Transfer Protocol"},
    {"SNMP", "Simple Network Management Protocol"},
    {"SSH", "Secure shell traffic"},
    {"Syslog", "Syslog protocol (RFC 5424) traffic"},
    {"Telnet", "Telnet traffic"},
    {"Trcrt", "Traceroute (for up to 30 hops) traffic"},
    {"VNC", "VNC traffic for VNC display's 0 - 99"},
    {"Web", "WWW traffic (HTTP and HTTPS)"},
};

/// The firewall of the guest or the node, and the cluster's, which all can name things of.
bool is_named(const Call& call, std::string_view collection, const std::string& name) {
    const std::string own = filled_in(call.route->place->path, call.parameters);
    const auto has = [&](std::string_view top) {
        return call.stage.objects.find(fmt::format("{}/{}", top, collection), name) != nullptr;
    };
    return has(own) || has(of_cluster.path);
}

/// What an address names has to be there: an alias, or "+set".
std::optional<Answer> check_address(const Call& call, const Item& rule, std::string_view key) {
    for (std::string word : split_list(rule.values.get(key), ", ")) {
        const bool is_set = word[0] == '+';
        if (!is_set && read_network(word).version != 0) continue;
        if (!is_set && word.find('-') != std::string::npos) continue;
        if (is_set) word.erase(0, 1);
        for (const std::string_view scope : {"dc/", "guest/"})
            if (word.starts_with(scope)) word.erase(0, scope.size());
        if (is_named(call, is_set ? "ipset" : "aliases", word)) continue;
        return refuse_parameter(key, is_set ? fmt::format("no such ipset '{}'", word)
                                            : fmt::format("no such alias '{}'", word));
    }
    return std::nullopt;
}

std::optional<Answer> check_rule(Call& call, Item& rule, Deed deed) {
    if (deed == Deed::remove) return std::nullopt;
    const std::string_view macro = rule.values.get("macro");
    if (!macro.empty() && std::ranges::find(macros, macro, &Macro::name) == std::end(macros))
        return refuse_parameter("macro", fmt::format("unknown macro '{}'", macro));
    const std::string_view action = rule.values.get("action");
    if (rule.values.get("type") != "group" && !choice_error(action, policies).empty())
        return refuse_parameter("action", fmt::format("unknown action '{}'", action));
    for (const std::string_view key : {"source", "dest"})
        if (auto refusal = check_address(call, rule, key)) return refusal;
    if (!rule.values.has("enable")) rule.values.set_number("enable", 0);
    return std::nullopt;
}

/// A rule about addresses says of which family they are.
void show_rule(const Call&, const Item& rule, JsonObject& row) {
    for (const std::string_view key : {"source", "dest"})
        for (const std::string& word : split_list(rule.values.get(key), ", "))
            if (const int version = read_network(word).version; version != 0) {
                row.number("ipversion", version);
                return;
            }
}

void show_network(const Call&, const Item& item, JsonObject& row) {
    row.number("ipversion", read_network(item.values.get("cidr")).version);
}

std::string inside(const Call& call, const Item& item) {
    return fmt::format("{}/{}", collection_path(call), item.key);
}

std::optional<Answer> check_empty(const Call& call, const Item& item, std::string_view text) {
    if (call.stage.objects.look(inside(call, item)).empty() || call.parameters.flag("force"))
        return std::nullopt;
    return die(fmt::format(fmt::runtime(text), item.key));
}

std::optional<Answer> check_set(Call& call, Item& set, Deed deed) {
    if (deed != Deed::remove) return std::nullopt;
    return check_empty(call, set, "IPSet '{}' is not empty");
}

std::optional<Answer> check_group(Call& call, Item& group, Deed deed) {
    if (deed != Deed::remove) return std::nullopt;
    return check_empty(call, group, "Security group '{}' is not empty");
}

void forget_inside(Call& call, const Item& item, Deed deed) {
    if (deed == Deed::remove) call.stage.objects.forget(inside(call, item));
}

/// The collection of a set or a group is there when the set or the group is.
std::optional<Answer> check_parent(const Call& call, std::string_view text) {
    const std::string path = collection_path(call);
    const std::size_t slash = path.rfind('/');
    const std::string name = path.substr(slash + 1);
    if (call.stage.objects.find(path.substr(0, slash), name)) return std::nullopt;
    return die(fmt::format(fmt::runtime(text), name));
}

std::optional<Answer> check_set_place(Call& call) {
    return check_parent(call, "no such IPSet '{}'");
}

std::optional<Answer> check_group_place(Call& call) {
    return check_parent(call, "no such security group '{}'");
}

constexpr Refusal no_rule{Way::failure, "no rule at position {}"};
constexpr Refusal no_member{Way::parameter, "no such IP/Network"};

constexpr CollectionKind collections[] = {
    {.name = "aliases",
     .places = names_places,
     .key = "name",
     .create = alias_create,
     .change = alias_change,
     .remove = only_digest,
     .taken = {Way::parameter, "alias '{}' already exists"},
     .missing = {Way::parameter, "no such alias"},
     .replaces = true,
     .shares_file = true,
     .show = show_network},
    {.name = "ipset",
     .places = names_places,
     .key = "name",
     .create = set_create,
     .remove = set_remove,
     .taken = {Way::parameter, "IPSet '{}' already exists"},
     .has_item = false,
     .has_change = false,
     .shares_file = true,
     .check = check_set,
     .done = forget_inside},
    {.name = "",
     .places = set_places,
     .keyed_by = Key::rest,
     .key = "cidr",
     .create = member_create,
     .change = member_change,
     .remove = only_digest,
     .taken = {Way::parameter, "address '{}' already exists"},
     .missing = no_member,
     .replaces = true,
     .item_has_digest = true,
     .check_place = check_set_place},
    {.name = "rules",
     .places = rule_places,
     .keyed_by = Key::position,
     .key = "pos",
     .create = rule_create,
     .change = rule_change,
     .remove = only_digest,
     .missing = no_rule,
     .missing_at_removal = no_rule,
     .shares_file = true,
     .item_has_digest = true,
     .check = check_rule,
     .show = show_rule},
    {.name = "groups",
     .places = group_places,
     .key = "group",
     .create = group_create,
     .taken = {Way::parameter, "Security group '{}' already exists"},
     .has_item = false,
     .has_change = false,
     .shares_file = true,
     .check = check_group,
     .done = forget_inside},
    {.name = "",
     .places = group_rule_places,
     .keyed_by = Key::position,
     .key = "pos",
     .create = rule_create,
     .change = rule_change,
     .remove = only_digest,
     .missing = no_rule,
     .missing_at_removal = no_rule,
     .item_has_digest = true,
     .check = check_rule,
     .show = show_rule,
     .check_place = check_group_place},
};

constexpr Field guest_options[] = {{.name = "delete"},
                                   {.name = "dhcp", .type = Type::boolean},
                                   digest,
                                   {.name = "enable", .type = Type::boolean},
                                   {.name = "ipfilter", .type = Type::boolean},
                                   {.name = "log_level_in", .choices = log_levels},
                                   {.name = "log_level_out", .choices = log_levels},
                                   {.name = "macfilter", .type = Type::boolean},
                                   {.name = "ndp", .type = Type::boolean},
                                   {.name = "policy_in", .choices = policies},
                                   {.name = "policy_out", .choices = policies},
                                   {.name = "radv", .type = Type::boolean}};
constexpr Field cluster_options[] = {{.name = "delete"},
                                     digest,
                                     {.name = "ebtables", .type = Type::boolean},
                                     {.name = "enable", .type = Type::integer, .minimum = 0},
                                     {.name = "log_ratelimit"},
                                     {.name = "policy_forward", .choices = "ACCEPT, DROP"},
                                     {.name = "policy_in", .choices = policies},
                                     {.name = "policy_out", .choices = policies}};
constexpr Field node_options[] = {
    {.name = "delete"},
    digest,
    {.name = "enable", .type = Type::boolean},
    {.name = "log_level_forward", .choices = log_levels},
    {.name = "log_level_in", .choices = log_levels},
    {.name = "log_level_out", .choices = log_levels},
    {.name = "log_nf_conntrack", .type = Type::boolean},
    {.name = "ndp", .type = Type::boolean},
    {.name = "nf_conntrack_allow_invalid", .type = Type::boolean},
    {.name = "nf_conntrack_helpers"},
    {.name = "nf_conntrack_max", .type = Type::integer, .minimum = 32'768},
    {.name = "nf_conntrack_tcp_timeout_established", .type = Type::integer, .minimum = 7875},
    {.name = "nf_conntrack_tcp_timeout_syn_recv",
     .type = Type::integer,
     .minimum = 30,
     .maximum = 60},
    {.name = "nftables", .type = Type::boolean},
    {.name = "nosmurfs", .type = Type::boolean},
    {.name = "protection_synflood", .type = Type::boolean},
    {.name = "protection_synflood_burst", .type = Type::integer},
    {.name = "protection_synflood_rate", .type = Type::integer},
    {.name = "smurf_log_level", .choices = log_levels},
    {.name = "tcp_flags_log_level", .choices = log_levels},
    {.name = "tcpflags", .type = Type::boolean}};

constexpr SettingsKind settings[] = {
    {.name = "options", .place = of_machine, .fields = guest_options, .shares_file = true},
    {.name = "options", .place = of_container, .fields = guest_options, .shares_file = true},
    {.name = "options", .place = of_cluster, .fields = cluster_options, .shares_file = true},
    {.name = "options", .place = of_node, .fields = node_options, .shares_file = true},
};

}  // namespace

std::span<const CollectionKind> firewall_collections() { return collections; }

std::span<const SettingsKind> firewall_settings() { return settings; }

Answer firewall_macros(Call& call) {
    std::vector<std::string> rows;
    for (const Macro& macro : macros)
        rows.push_back(JsonObject()
                           .text("macro", macro.name)
                           .text("descr", macro.meaning)
                           .str(call.stage.random));
    return success(array(rows));
}

/// What a rule of this place may name as its source.
Answer firewall_refs(Call& call) {
    struct Source {
        std::string path;
        std::string_view scope;
        std::string_view prefix;
    };
    std::vector<Source> sources;
    if (call.parameters.has("vmid"))
        sources.push_back(
            {fmt::format("/nodes/{}/{}/{}/firewall", call.node(), call.kind->segment, call.vmid()),
             "guest", ""});
    const bool is_alone = sources.empty();
    sources.push_back({std::string(of_cluster.path), "dc", is_alone ? "" : "dc/"});
    const std::string wanted = call.parameters.text("type");
    std::vector<std::string> rows;
    const auto add = [&](const Source& source, std::string_view collection, std::string_view type,
                         std::string_view mark) {
        if (!wanted.empty() && wanted != type) return;
        for (const Item& item :
             call.stage.objects.look(fmt::format("{}/{}", source.path, collection))) {
            JsonObject row;
            row.text("name", item.key).text("type", type).text("scope", source.scope);
            row.text("ref", fmt::format("{}{}{}", mark, source.prefix, item.key));
            if (item.values.has("comment")) row.text("comment", item.values.get("comment"));
            rows.push_back(row.str(call.stage.random));
        }
    };
    for (const Source& source : sources) {
        add(source, "aliases", "alias", "");
        add(source, "ipset", "ipset", "+");
    }
    std::ranges::shuffle(rows, call.stage.random);
    return success(array(rows));
}

/// No packet ever comes by, so there is no file yet.
Answer firewall_log(Call& call) {
    JsonObject row;
    row.number("n", 1).text("t", "unable to open file - No such file or directory");
    Answer answer = success(fmt::format("[{}]", row.str(call.stage.random)));
    answer.body.insert(answer.body.size() - 1, ",\"total\":1");
    return answer;
}

}  // namespace demo_node
