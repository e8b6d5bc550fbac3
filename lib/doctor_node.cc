// The doctor's judgement on the node itself: privileges, storages and guest agents.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>

#include "doctor.h"
#include "escape.h"
#include "privileges.h"

namespace proxmox {
namespace {

/// Above the node's 9, the guest agent has privileges of its own.
constexpr std::string_view agent_privileges = "VM.GuestAgent.";
constexpr std::string_view agent_privilege_before_9 = "VM.Monitor";
constexpr std::array snapshot_types{"zfspool", "rbd", "lvmthin", "btrfs"};
constexpr std::array file_types{"dir", "nfs", "cifs", "glusterfs"};
/// Which tools need each privilege, on this release.
std::map<std::string, std::vector<std::string>> needs_of(const Facts& facts) {
    std::map<std::string, std::vector<std::string>> needs;
    const bool is_before_9 = !facts.version.empty() && std::atoi(facts.version.c_str()) < 9;
    for (const ToolNeeds& tool : facts.tools) {
        std::string_view rest = tool.privileges;
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find(','), rest.size());
            std::string_view privilege = rest.substr(0, end);
            if (is_before_9 && privilege.starts_with(agent_privileges))
                privilege = agent_privilege_before_9;
            auto& names = needs[std::string(privilege)];
            if (names.empty() || names.back() != tool.tool) names.emplace_back(tool.tool);
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
    return needs;
}

void examine_privileges(const Facts& facts, std::vector<Check>& checks) {
    const auto needs = needs_of(facts);
    std::vector<std::string> missing;
    for (const auto& [privilege, tools] : needs)
        if (facts.privileges && !facts.privileges->contains(privilege))
            missing.push_back(privilege);
    for (const auto& [privilege, tools] : needs) {
        std::string users = fmt::format("{}", fmt::join(tools, ", "));
        if (privilege == list_privilege) users += "; without it lists are empty";
        if (!facts.privileges)
            checks.push_back(unknown(privilege, see_above));
        else if (facts.privileges->contains(privilege))
            checks.push_back({privilege, Health::good, "for " + users});
        else
            checks.push_back({privilege, Health::bad,
                              fmt::format("{} lacks it, for {}", escape(facts.token), users),
                              "on the node: " + command_to_grant(missing, facts.token)});
    }
}

bool is_in(std::string_view word, const auto& words) {
    return std::ranges::find(words, word) != words.end();
}

Check check_storage(const Facts& facts) {
    constexpr std::string_view name = "snapshots";
    if (!facts.storages) return unknown(std::string(name), see_above);
    std::vector<std::string> able;
    std::vector<std::string> unable;
    for (const Storage& storage : *facts.storages) {
        const std::string text =
            fmt::format("{} ({}{})", escape(storage.name), escape(storage.type),
                        is_in(storage.type, file_types) ? ", qcow2 disks" : "");
        const bool is_able = is_in(storage.type, file_types) || is_in(storage.type, snapshot_types);
        (is_able ? able : unable).push_back(text);
    }
    if (able.empty() && unable.empty())
        return unknown(std::string(name),
                       "no storage for disks is seen: none, or no Datastore.Audit");
    const std::string all =
        fmt::format("{}{}{}", fmt::join(able, ", "),
                    unable.empty() || able.empty() ? "" : "; not: ", fmt::join(unable, ", "));
    if (unable.empty()) return {std::string(name), Health::good, "possible on " + all};
    return {std::string(name), able.empty() ? Health::bad : Health::advice,
            (able.empty() ? "not possible on " : "possible on ") + all,
            "move disks to lvmthin, zfs, rbd or btrfs, or to qcow2 files (qm disk move)"};
}

Check check_agents(const Facts& facts) {
    if (!facts.agents) return unknown("agent", see_above);
    const Agents& agents = *facts.agents;
    const std::string counted = fmt::format(
        "{} of {} VMs looked at", agents.looked_at - agents.missing.size(), agents.looked_at);
    if (agents.missing.empty()) return {"agent", Health::good, "on in " + counted};
    return {"agent", Health::advice,
            fmt::format("on in {}; not in {}", counted, fmt::join(agents.missing, ", ")),
            fmt::format("on the node: qm set {} --agent 1; in the VM: install qemu-guest-agent",
                        agents.missing.front())};
}

}  // namespace

void examine_node(const Facts& facts, std::vector<Check>& checks) {
    examine_privileges(facts, checks);
    checks.push_back(check_storage(facts));
    checks.push_back(check_agents(facts));
}

}  // namespace proxmox
