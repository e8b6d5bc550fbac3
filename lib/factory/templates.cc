// Golden templates: made once, tagged with what went into them, and found again by that.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/templates.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <vector>

#include "base/moment.h"
#include "line/grammar.h"
#include "line/record.h"
#include "stage/look.h"
#include "stage/plain.h"
#include "stage/read.h"

namespace proxmox {
namespace {

constexpr std::string_view golden_prefix = "golden-";
constexpr std::size_t fingerprint_bytes = 8;

/// "golden-FINGERPRINT-TIME": a tag that says what went in, and sorts by age.
std::string_view golden_tag_of(std::string_view tags, std::string_view fingerprint) {
    const std::string wanted = fmt::format("{}{}-", golden_prefix, fingerprint);
    std::string_view newest;
    while (!tags.empty()) {
        const std::size_t end = tags.find_first_of(";, ");
        const std::string_view tag = tags.substr(0, end);
        if (tag.starts_with(wanted) && tag > newest) newest = tag;
        tags.remove_prefix(end == std::string_view::npos ? tags.size() : end + 1);
    }
    return newest;
}

std::string time_for_tag(std::time_t now) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}", parts.tm_year + 1900, parts.tm_mon + 1,
                       parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

/// The newest template that fits, of this node's and of those that were looked through before.
Result<std::string> find_template(const json::Value& vms, Record& record, const Moment&) {
    vms.each([&record](const json::Value& vm) {
        if (vm["template"].integer().value_or(0) != 1) return;
        const std::string_view tag =
            golden_tag_of(vm["tags"].text(), record["template_fingerprint"]);
        if (tag <= record["template_tag"]) return;
        record.set("template_tag", tag);
        record.set("vm_template_id", vm["vmid"].text());
        record.set("template_node", record["proxmox_node"]);
    });
    return {};
}

/// The other nodes that are there to be asked.
std::vector<std::string> others_of(const json::Value& nodes, std::string_view home) {
    std::vector<std::string> others;
    nodes.each([&](const json::Value& node) {
        const std::string_view name = node["node"].text();
        if (is_node_name(name) && name != home && node["status"].text() == "online")
            others.emplace_back(name);
    });
    std::ranges::sort(others);
    return others;
}

/// What is new on a node the list of the whole cluster says seconds later, and until then there
/// would be a full install: so the nodes' own lists are read, the line's node's first.
Way<Printed> find_on(Line& line, bool may_go) {
    static constexpr Look templates{.path = "/nodes/{proxmox_node}/qemu", .prepare = find_template};
    static constexpr Reading nothing_more{};
    Record& record = line.record;
    const std::string home(record["proxmox_node"]);
    co_await prepare(line, take_fingerprint);
    co_await look(line, templates);
    if (may_go && !record.has("vm_template_id")) {
        const Finding nodes = co_await see(line, "/nodes");
        for (const std::string& other : others_of(nodes.data(), home)) {
            record.set("proxmox_node", other);
            co_await look(line, templates);
        }
    }
    const bool is_found = record.has("vm_template_id");
    record.set("proxmox_node", is_found ? record["template_node"] : home);
    if (!is_found && !line.is_rehearsed)
        line.note(
            fmt::format("no template fits the recipe (fingerprint {}): a full install is needed",
                        record["template_fingerprint"]));
    if (is_found && record["proxmox_node"] != home)
        line.note(fmt::format("template {} is on node {}: its clones are made there",
                              record["vm_template_id"], record["proxmox_node"]));
    co_return co_await read_state(line, nothing_more);
}

}  // namespace

Result<std::string> take_fingerprint(const json::Value&, Record& record, const Moment&) {
    const std::string_view recipe = record["template_recipe"];
    std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
    crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(recipe.data()),
                       recipe.size());
    std::string text;
    for (std::size_t at = 0; at < fingerprint_bytes; ++at)
        text += fmt::format("{:02x}", digest[at]);
    record.set("template_fingerprint", text);
    return {};
}

Way<Printed> look_up_template(Line& line) {
    // A clone stays on its template's node: a line that names a node gets a template of that one.
    const bool may_go = !line.record.has("proxmox_node");
    const OnNode there = [may_go](Line& on_node) { return find_on(on_node, may_go); };
    co_return co_await where_it_is(line, there);
}

Result<std::string> compose_promotion(const json::Value& config, Record& record,
                                      const Moment& moment) {
    std::string tags(config["tags"].text());
    if (!tags.empty()) tags += ';';
    record.set("vm_tags", fmt::format("{}{}{}-{}", tags, golden_prefix,
                                      record["template_fingerprint"], time_for_tag(moment.wall)));
    record.set("vm_name", config["name"].text());
    return {};
}

Shown shows_template(const Seen& seen) {
    return seen.data()["template"].integer().value_or(0) == 1 ? Shown::yes : Shown::no;
}

}  // namespace proxmox
