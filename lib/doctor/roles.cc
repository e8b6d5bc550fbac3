// The controller role that is found first: looked for as ansible looks, then judged.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/roles.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "base/escape.h"

namespace proxmox {
namespace {

constexpr std::string_view role = "/range42-ansible_roles-proxmox_controller";
/// What is in our role and in no other.
constexpr std::string_view plugin = "/action_plugins/range42_fastpath.py";

bool is_there(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

}  // namespace

Roles look_for_roles(std::string_view path) {
    Roles roles{.path = std::string(path)};
    for (std::size_t start = 0; start < path.size();) {
        const std::size_t end = std::min(path.find(':', start), path.size());
        const std::string directory =
            std::string(path.substr(start, end - start)) + std::string(role);
        start = end + 1;
        if (!is_there(directory)) continue;
        roles.first = directory;
        roles.is_first_ours = is_there(directory + std::string(plugin));
        break;
    }
    return roles;
}

Check check_role(const Roles& roles) {
    constexpr std::string_view name = "controller role";
    if (roles.first.empty())
        return {std::string(name), Health::advice, "there is none on ANSIBLE_ROLES_PATH",
                "select a workspace, which sets it: range42-context use"};
    if (roles.is_first_ours) return {std::string(name), Health::good, escape(roles.first)};
    return {std::string(name), Health::advice,
            fmt::format("deployments take {}, which is slow", escape(roles.first)),
            "source share/range42-fastpath/shims/activate.sh, anew after each range42-context use"};
}

}  // namespace proxmox
