// What tools for scenarios are told alike: which playbook, with which values, and by which vault.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tool/tool.h"

namespace proxmox {

inline constexpr Setting extra_vars_setting{
    "--extra-vars", "VARS", "NAME=VALUE, or @FILE, as for ansible-playbook", "extra_vars"};
inline constexpr Setting short_extra_vars_setting{"-e", "VARS", "the same", "extra_vars"};
inline constexpr Setting inventory_setting{"--inventory", "FILE", "the inventory (the workspace's)",
                                           "inventory"};
inline constexpr Setting playbook_setting{"--playbook", "FILE",
                                          "the scenario's playbook (main.yml)", "playbook"};
inline constexpr Setting password_setting{"--vault-password-file", "FILE",
                                          "the password (the workspace's)", "vault_password_file"};
inline constexpr Setting manifest_setting{"--manifest", "",
                                          "plan from the manifest, without playbooks", "manifest"};

}  // namespace proxmox
