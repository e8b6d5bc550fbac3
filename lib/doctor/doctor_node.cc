// The doctor's judgement on the node itself: privileges, storages and guest agents.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <span>

#include "api/privileges.h"
#include "base/escape.h"
#include "base/shell.h"
#include "doctor/doctor.h"

namespace proxmox {
namespace {

/// Above the node's 9, the guest agent has privileges of its own.
constexpr std::string_view agent_privileges = "VM.GuestAgent.";
constexpr std::string_view agent_privilege_before_9 = "VM.Monitor";
constexpr std::size_t tools_shown = 1;
constexpr std::size_t names_width = 48;
constexpr std::size_t ids_shown = 8;
/// Storages that take snapshots of whatever disk they hold.
constexpr std::array snapshot_types{"zfspool", "zfs", "rbd", "lvmthin", "btrfs"};

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

/// As many names as help and stand on a line, and how many there are besides.
std::string some_of(const std::vector<std::string>& names, std::size_t shown) {
    std::string all = fmt::format("{}", fmt::join(names, ", "));
    if (names.size() <= shown + 1 && all.size() <= names_width) return all;
    return fmt::format("{} and {} more", fmt::join(std::span(names).first(shown), ", "),
                       names.size() - shown);
}

void examine_privileges(const Facts& facts, std::vector<Check>& checks) {
    const auto needs = needs_of(facts);
    std::vector<std::string> missing;
    for (const auto& [privilege, tools] : needs)
        if (facts.privileges && !facts.privileges->contains(privilege))
            missing.push_back(privilege);
    for (const auto& [privilege, tools] : needs) {
        const std::string_view beyond =
            privilege == list_privilege ? "; without it lists are empty" : "";
        if (!facts.privileges)
            checks.push_back(unknown(privilege, facts.privileges.error()));
        else if (facts.privileges->contains(privilege))
            checks.push_back(
                {privilege, Health::good, fmt::format("for {}", some_of(tools, tools_shown))});
        else
            checks.push_back({privilege, Health::bad,
                              fmt::format("{} lacks it, for {}{}", escape(facts.token),
                                          fmt::join(tools, ", "), beyond),
                              "on the node: " + command_to_grant(missing, facts.token)});
    }
}

bool is_in(std::string_view word, const auto& words) {
    return std::ranges::find(words, word) != words.end();
}

Check check_storage(const Facts& facts) {
    constexpr std::string_view name = "snapshots";
    if (!facts.storages) return unknown(std::string(name), facts.storages.error());
    std::vector<std::string> able;
    std::vector<std::string> unable;
    bool is_up_to_makers = false;
    for (const Storage& storage : *facts.storages) {
        const bool always_can = is_in(storage.type, snapshot_types) || storage.makes_qcow2;
        const bool can_if_asked = !always_can && storage.holds_qcow2;
        is_up_to_makers |= can_if_asked;
        (always_can || can_if_asked ? able : unable)
            .push_back(fmt::format("{} ({}{})", escape(storage.name), escape(storage.type),
                                   can_if_asked ? ", if a disk is made as qcow2" : ""));
    }
    if (able.empty() && unable.empty())
        return unknown(std::string(name),
                       "no storage for disks is seen: none, or no Datastore.Audit");
    const std::string all =
        fmt::format("{}{}{}", fmt::join(able, ", "),
                    unable.empty() || able.empty() ? "" : "; not: ", fmt::join(unable, ", "));
    if (unable.empty() && !is_up_to_makers)
        return {std::string(name), Health::good, "possible on " + all};
    const std::string_view remedy =
        unable.empty()
            ? "name the format of new disks, as proxmox_vm.create does: format=qcow2"
            : "move disks to lvmthin, zfs, rbd or btrfs, or to qcow2 files (qm disk move)";
    return {std::string(name), able.empty() ? Health::bad : Health::advice,
            (able.empty() ? "not possible on " : "possible on ") + all, std::string(remedy)};
}

/// What all VMs that were looked at have, or some of them lack.
Check check_vms(const Facts& facts, std::string_view name, std::string_view what,
                std::vector<std::string> LookedAtVms::*lacking, std::string_view remedy) {
    if (!facts.vms) return unknown(std::string(name), facts.vms.error());
    const std::vector<std::string>& ids = (*facts.vms).*lacking;
    const std::size_t count = facts.vms->count;
    const std::string& trouble = facts.vms->trouble;
    if (count == 0 && !trouble.empty()) return unknown(std::string(name), trouble);
    std::string finding =
        fmt::format("{} in {} of {} VMs looked at", what, count - ids.size(), count);
    if (!trouble.empty()) finding += "; about others: " + trouble;
    if (ids.empty()) return {std::string(name), Health::good, std::move(finding)};
    return {std::string(name), Health::advice,
            fmt::format("{}; not in {}", finding, some_of(ids, ids_shown)),
            fmt::format(fmt::runtime(remedy), shell_word(ids.front()))};
}

}  // namespace

void examine_node(const Facts& facts, std::vector<Check>& checks) {
    examine_privileges(facts, checks);
    checks.push_back(check_storage(facts));
    checks.push_back(check_vms(facts, "VM snapshots", "possible", &LookedAtVms::without_snapshots,
                               "on the node, for each disk that keeps it from them: qm disk move "
                               "{} DISK STORAGE --format qcow2"));
    checks.push_back(check_vms(facts, "agent", "on", &LookedAtVms::without_agent,
                               "on the node: qm set {} --agent 1; in the VM: install "
                               "qemu-guest-agent"));
}

}  // namespace proxmox
