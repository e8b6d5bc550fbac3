// Finding machines: by name or id, with their address.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/lookup.h"

#include <fmt/format.h>

#include "base/escape.h"
#include "factory/machines.h"
#include "line/address.h"
#include "line/grammar.h"
#include "line/record.h"
#include "stage/look.h"
#include "stage/read.h"

namespace proxmox {

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

}  // namespace proxmox
