// What Proxmox asks of a token: the privileges that a tool declares, and how they are granted.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/privileges.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/shell.h"

namespace proxmox {
namespace {

constexpr std::string_view vms_path = "/vms";

/// "/vms/{vm_id}" is told as all VMs, and any other path up to what differs from line to line.
std::string_view root_of(std::string_view path) {
    path = path.substr(0, path.find('{'));
    while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    return path;
}

/// The privileges on each path, in the order in which they are declared.
std::vector<std::pair<std::string_view, std::vector<std::string>>> by_path(
    const List<Need>& needs) {
    std::vector<std::pair<std::string_view, std::vector<std::string>>> all;
    for (const Need& need : needs) {
        const std::string_view root = root_of(need.path);
        auto place = std::ranges::find(all, root, &decltype(all)::value_type::first);
        if (place == all.end()) place = all.insert(place, {root, {}});
        place->second.emplace_back(need.privilege);
    }
    return all;
}

std::string command_on(std::string_view path, std::span<const std::string> privileges,
                       std::string_view token) {
    const std::string user(token.substr(0, token.find('!')));
    const std::string all = fmt::format("{}", fmt::join(privileges, ","));
    return fmt::format(
        "pveum role add Range42Tools --privs {} || pveum role modify Range42Tools --append "
        "--privs {}; pveum acl modify {} --users {} --tokens {} --roles Range42Tools",
        all, all, path, shell_word(user), shell_word(token));
}

}  // namespace

std::string told_needs(const List<Need>& needs) {
    std::string text;
    for (const auto& [path, privileges] : by_path(needs))
        text += fmt::format("{}{} on {}", text.empty() ? "" : ", ", fmt::join(privileges, ", "),
                            path == vms_path ? "the VMs" : path);
    return text;
}

std::string how_to_grant(const List<Need>& needs, std::string_view token) {
    std::string commands;
    for (const auto& [path, privileges] : by_path(needs))
        commands += (commands.empty() ? "" : "; ") + command_on(path, privileges, token);
    return "on the node: " + commands + "; see range42-doctor";
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
    return command_on(vms_path, privileges, token);
}

}  // namespace proxmox
