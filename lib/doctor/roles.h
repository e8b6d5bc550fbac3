// Which controller role a deployment finds first: ours, upstream's, or none.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "api/checks.h"

namespace proxmox {

/// What stands on ansible's path for roles.
struct Roles {
    /// Empty where none is set, as outside of a workspace.
    std::string path{};
    /// The directory of the role that is found first; empty where there is none.
    std::string first{};
    bool is_first_ours = false;
};

/// Looks into the directories of ANSIBLE_ROLES_PATH.
Roles look_for_roles(std::string_view path);

/// Pure.
Check check_role(const Roles& roles);

}  // namespace proxmox
