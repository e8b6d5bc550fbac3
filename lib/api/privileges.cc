// What Proxmox asks of a token: the privileges that a tool declares, and how they are granted.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/privileges.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/shell.h"

namespace proxmox {
namespace {

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

/// "Permission check failed (/pool/lab, VM.Allocate|VM.Audit)": what was refused, and for want of
/// what. Proxmox names no privilege for a pool that it does not know.
struct Refused {
    std::string_view path{};
    std::string_view privilege{};
};

/// Nothing of words that should not stand in a command.
Refused refused_in(std::string_view words) {
    const std::size_t begin = words.find("(/"), end = words.find(')', begin);
    if (end == std::string_view::npos) return {};
    words = words.substr(begin + 1, end - begin - 1);
    const std::size_t comma = words.find(", ");
    Refused refused{.path = words.substr(0, comma)};
    if (comma != std::string_view::npos)
        refused.privilege = words.substr(comma + 2, words.find('|') - comma - 2);
    const auto is_plain = [](char byte) {
        return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
               (byte >= '0' && byte <= '9') || std::string_view("/._-").contains(byte);
    };
    if (!std::ranges::all_of(refused.path, is_plain) ||
        !std::ranges::all_of(refused.privilege, is_plain))
        return {};
    return refused;
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

std::string how_to_be_allowed(std::string_view refusal, const List<Need>& needs,
                              std::string_view token) {
    constexpr std::string_view pools = "/pool/";
    const Refused refused = refused_in(refusal);
    const bool is_needed = std::ranges::any_of(needs, [&refused](const Need& need) {
        return refused.path.starts_with(root_of(need.path));
    });
    if (refused.privilege.empty() && refused.path.starts_with(pools))
        return fmt::format(
            "there is no pool {0}: name another, or make it, on the node: pvesh create /pools "
            "--poolid {0}",
            refused.path.substr(pools.size()));
    if (refused.privilege.empty() || is_needed) return how_to_grant(needs, token);
    const std::array privileges{std::string(refused.privilege)};
    return "on the node: " + command_on(refused.path, privileges, token) + "; see range42-doctor";
}

std::set<std::string> privileges_below(std::string_view root, const json::Value& paths) {
    std::set<std::string> privileges;
    paths.each([&](const json::Value& path) {
        const std::string_view key = path.key();
        if (key != "/" && !key.starts_with(root_of(root)) && !key.starts_with("/pool")) return;
        path.each([&privileges](const json::Value& granted) { privileges.emplace(granted.key()); });
    });
    return privileges;
}

std::string command_to_grant(std::span<const std::string> privileges, std::string_view token) {
    return command_on(vms_path, privileges, token);
}

}  // namespace proxmox
