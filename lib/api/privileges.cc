// What Proxmox asks of a token: the privileges for each kind of request that the tools make.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/privileges.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/escape.h"

namespace proxmox {
namespace {

struct Rule {
    Method method;
    /// What the path holds; the first rule that fits counts.
    std::string_view part;
    std::string_view privilege;
};

/// From the API's own description of Proxmox VE 9, for paths below /nodes/{node}/qemu/{vmid}. A
/// rollback may also be done with VM.Snapshot.Rollback alone.
constexpr std::array rules{
    Rule{Method::post, "/status/", "VM.PowerMgmt"},
    Rule{Method::post, "/snapshot", "VM.Snapshot"},
    Rule{Method::put, "/snapshot", "VM.Snapshot"},
    Rule{Method::del, "/snapshot", "VM.Snapshot"},
    Rule{Method::post, "/clone", "VM.Clone"},
    Rule{Method::post, "/migrate", "VM.Migrate"},
    Rule{Method::post, "/firewall", "VM.Config.Network"},
    Rule{Method::post, "/template", "VM.Allocate"},
    Rule{Method::put, "/resize", "VM.Config.Disk"},
    Rule{Method::put, "/config", "VM.Config.Options"},
    Rule{Method::post, "/config", "VM.Config.Options"},
    Rule{Method::get, "/agent/file-read", "VM.GuestAgent.FileRead"},
    Rule{Method::post, "/agent/file-write", "VM.GuestAgent.FileWrite"},
    Rule{Method::post, "/agent/exec", "VM.GuestAgent.Unrestricted"},
    Rule{Method::get, "/agent/exec", "VM.GuestAgent.Unrestricted"},
    Rule{Method::get, "/agent", "VM.GuestAgent.Audit"},
    Rule{Method::post, "/agent", "VM.GuestAgent.Audit"},
    Rule{Method::del, "/qemu/{vm_id}", "VM.Allocate"},
    Rule{Method::post, "/qemu", "VM.Allocate"},
    // A list is given to all, but holds only what may be seen.
    Rule{Method::get, "/qemu", "VM.Audit"},
};

std::string_view privilege_for(Method method, std::string_view path) {
    const auto rule = std::ranges::find_if(rules, [&](const Rule& candidate) {
        return candidate.method == method && path.contains(candidate.part);
    });
    return rule == rules.end() ? std::string_view() : rule->privilege;
}

}  // namespace

std::vector<std::string_view> privileges_of(const Action& action) {
    std::vector<std::string_view> privileges;
    const auto add = [&privileges](Method method, std::string_view path) {
        const std::string_view privilege = privilege_for(method, path);
        if (!privilege.empty() && std::ranges::find(privileges, privilege) == privileges.end())
            privileges.push_back(privilege);
    };
    add(action.act.method, action.act.path);
    for (const Act& act : action.then) add(act.method, act.path);
    for (const Look& look : action.looks) add(Method::get, look.path);
    add(Method::get, action.read);
    return privileges;
}

std::set<std::string> privileges_on_vms(const json::Value& paths) {
    std::set<std::string> privileges;
    paths.each([&privileges](const json::Value& path) {
        const std::string_view key = path.key();
        if (key != "/" && !key.starts_with("/vms") && !key.starts_with("/pool")) return;
        path.each([&privileges](const json::Value& granted) { privileges.emplace(granted.key()); });
    });
    return privileges;
}

std::string command_to_grant(std::span<const std::string> privileges, std::string_view token) {
    const std::string user(token.substr(0, token.find('!')));
    const std::string all = fmt::format("{}", fmt::join(privileges, ","));
    return fmt::format(
        "pveum role add Range42Tools --privs {} || pveum role modify Range42Tools --append "
        "--privs {}; pveum acl modify /vms --users '{}' --tokens '{}' --roles Range42Tools",
        all, all, escape(user), escape(token));
}

}  // namespace proxmox
