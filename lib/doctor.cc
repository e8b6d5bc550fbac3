// The doctor's judgement: pure functions over gathered facts.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config.h"
#include "escape.h"

namespace proxmox {
namespace {

struct Need {
    std::string_view privilege;
    std::string_view what_for;
};

/// What Proxmox asks of a token for the requests of the tools.
constexpr std::array needs{
    Need{"VM.Audit", "lists, and the state after an act; without it lists are empty"},
    Need{"VM.PowerMgmt", "start, stop, pause, resume"},
    Need{"VM.Snapshot", "snapshots: create, delete, revert"},
    Need{"VM.Allocate", "delete"},
};

Check check_variable(std::string_view name, bool is_set) {
    if (is_set) return {std::string(name), Health::good, "is set"};
    return {std::string(name), Health::bad, "is not set",
            "activate a workspace first (range42-context use ...)"};
}

Check unknown(std::string name, std::string_view why) {
    return {std::move(name), Health::unknown, std::string(why)};
}

Check check_vault(const Facts& facts) {
    if (!facts.has_devkit || !facts.has_password_file) return unknown("vault", "not looked for");
    if (!facts.closed) return {"vault", Health::good, "opened, and all settings are there"};
    return {"vault", Health::bad, facts.closed->message, facts.closed->remedy};
}

/// One request finds out about network, identity and token; only one of them can be at fault.
void examine_reach(const Facts& facts, std::vector<Check>& checks) {
    constexpr std::array<std::pair<std::string_view, Exit>, 3> stages{
        {{"api reachable", Exit::unreachable},
         {"TLS identity", Exit::tls_identity},
         {"token", Exit::credentials}}};
    bool is_past_fault = facts.host_and_port.empty();
    for (const auto& [name, exit] : stages) {
        if (is_past_fault) {
            checks.push_back(unknown(std::string(name), "not looked at, see above"));
            continue;
        }
        is_past_fault = facts.refused && (facts.refused->exit == exit || exit == Exit::credentials);
        if (is_past_fault)
            checks.push_back(
                {std::string(name), Health::bad, facts.refused->message, facts.refused->remedy});
        else
            checks.push_back(
                {std::string(name), Health::good,
                 exit == Exit::credentials ? escape(facts.token) : escape(facts.host_and_port)});
    }
}

Check check_clock(const Facts& facts) {
    if (!facts.clock_difference_s) return unknown("clock", "not looked at, see above");
    const std::int64_t off = *facts.clock_difference_s;
    if (std::abs(off) <= clock_difference_limit_s)
        return {"clock", Health::good, fmt::format("{} s apart", std::abs(off))};
    return {"clock", Health::bad,
            fmt::format("the node's clock is {} s {} ours", std::abs(off),
                        off > 0 ? "ahead of" : "behind"),
            "set both by NTP: timedatectl set-ntp true"};
}

Check check_node_name(const Facts& facts) {
    if (!facts.nodes) return unknown("node name", "not looked at, see above");
    if (facts.nodes->contains(facts.node)) return {"node name", Health::good, facts.node};
    std::string known;
    for (const std::string& name : *facts.nodes) known += (known.empty() ? "" : ", ") + name;
    return {"node name", Health::bad,
            fmt::format("{} is not a node of this cluster", escape(facts.node)),
            fmt::format("set proxmox_node in the vault to one of: {}", escape(known))};
}

Check check_privilege(const Facts& facts, const Need& need) {
    std::string name(need.privilege);
    if (!facts.privileges) return unknown(std::move(name), "not looked at, see above");
    if (facts.privileges->contains(name))
        return {std::move(name), Health::good, std::string(need.what_for)};
    std::string all;
    for (const Need& one : needs) all += fmt::format("{}{}", all.empty() ? "" : ",", one.privilege);
    return {std::move(name), Health::bad,
            fmt::format("{} lacks it (needed for: {})", escape(facts.token), need.what_for),
            fmt::format("on the node: pveum role add Range42 --privs {} && pveum acl modify /vms "
                        "--tokens '{}' --roles Range42",
                        all, escape(facts.token))};
}

}  // namespace

std::vector<Check> examine(const Facts& facts) {
    std::vector<Check> checks{check_variable(devkit_variable, facts.has_devkit),
                              check_variable(password_variable, facts.has_password_file),
                              check_vault(facts)};
    examine_reach(facts, checks);
    checks.push_back(check_clock(facts));
    checks.push_back(check_node_name(facts));
    for (const Need& need : needs) checks.push_back(check_privilege(facts, need));
    return checks;
}

}  // namespace proxmox
