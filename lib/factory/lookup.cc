// Finding machines: by name or id, with their address, and templates by what went into them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/lookup.h"

#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <ctime>

#include "base/escape.h"
#include "base/moment.h"
#include "factory/machines.h"
#include "line/address.h"
#include "line/grammar.h"
#include "line/record.h"
#include "stage/look.h"
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

}  // namespace

Result<std::string> take_reference(const json::Value&, Record& record, const Moment&) {
    const std::string reference(record["vm"]);
    if (!reference.empty()) record.set(is_vm_id(reference) ? "vm_id" : "vm_name", reference);
    if (record.has("vm_id") || record.has("vm_name")) return {};
    return fail(Exit::line_failed, "there is neither a vm_id nor a vm_name to look for");
}

Result<std::string> find_by_name(const json::Value& vms, Record& record, const Moment&) {
    std::string ids;
    std::size_t count = 0;
    vms.each([&](const json::Value& vm) {
        if (vm["name"].text() != record["vm_name"]) return;
        ids += fmt::format("{}{}", ids.empty() ? "" : ", ", vm["vmid"].text());
        ++count;
    });
    if (count == 0)
        return fail(Exit::line_failed,
                    fmt::format("no VM on {} is named {}", record["proxmox_node"],
                                escape(record["vm_name"])));
    if (count > 1)
        return fail(Exit::line_failed, fmt::format("{} VMs are named {}: {}", count,
                                                   escape(record["vm_name"]), escape(ids)));
    record.set("vm_id", ids);
    return {};
}

Result<std::string> learn_address(const json::Value& interfaces, Record& record, const Moment&) {
    const auto chosen =
        choose_address(interfaces["result"], cards_in(record["vm_cards"]), Wanted{});
    if (!chosen) return {};
    record.set("vm_ip", chosen->address);
    record.set("vm_mac", chosen->mac);
    return {};
}

Way<Printed> tell_of_machine(Line& line) {
    static constexpr Look identity{.path = "{guest}/config", .prepare = learn_identity};
    static constexpr Look address{
        .path = "{guest}/agent/network-get-interfaces", .prepare = learn_address, .may_fail = true};
    static constexpr Reading state{.path = "{guest}/status/current"};
    co_await look(line, identity);
    if (line.record.has("has_agent")) co_await look(line, address);
    co_return co_await read_state(line, state);
}

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

Result<std::string> find_template(const json::Value& vms, Record& record, const Moment&) {
    // A clone stays on its template's node: a line that names a node gets a template of that one.
    const bool may_go = record.carried()["proxmox_node"].empty();
    const std::string home(record["proxmox_node"]);
    std::string newest;
    bool is_home = false;
    vms.each([&](const json::Value& vm) {
        const std::string_view node = vm["node"].text();
        const bool is_here = node == home;
        if (vm["template"].integer().value_or(0) != 1 || (!is_here && !may_go)) return;
        const std::string_view tag =
            golden_tag_of(vm["tags"].text(), record["template_fingerprint"]);
        if (tag.empty() || !is_node_name(node) || (is_home && !is_here)) return;
        if (tag <= newest && is_home == is_here) return;
        newest = tag;
        is_home = is_here;
        record.set("vm_template_id", vm["vmid"].text());
        record.set("proxmox_node", node);
    });
    if (newest.empty())
        return fmt::format("no template fits the recipe (fingerprint {}): a full install is needed",
                           record["template_fingerprint"]);
    if (is_home) return {};
    return fmt::format("template {} is on node {}: its clones are made there",
                       record["vm_template_id"], record["proxmox_node"]);
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

}  // namespace proxmox
