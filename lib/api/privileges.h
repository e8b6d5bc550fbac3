// What Proxmox asks of a token: the privileges that a tool declares, and how they are granted.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/list.h"
#include "json/json.h"

namespace proxmox {

/// Where guests are in Proxmox's tree of permissions.
inline constexpr std::string_view guest_permissions = "/vms/{vm_id}";

/// A privilege that a tool needs, and the path that it is needed on: "/vms/{vm_id}", "/sdn/zones".
struct Need {
    std::string_view privilege{};
    std::string_view path = guest_permissions;
};

/// "VM.Audit, VM.PowerMgmt on the VMs" in the words of a manual.
std::string told_needs(const List<Need>& needs);

/// What a token may do with VMs, or with what else is below a path, by the answer to
/// `permissions_path`: a privilege on one pool is enough for what is in it.
std::set<std::string> privileges_below(std::string_view path, const json::Value& paths);
inline constexpr std::string_view vms_path = "/vms";
/// Without it a list is empty, and nothing says so.
inline constexpr std::string_view list_privilege = "VM.Audit";
inline constexpr std::string_view permissions_path = "/access/permissions";

/// What to run on the node so that the token may do what a tool needs.
std::string how_to_grant(const List<Need>& needs, std::string_view token);

/// The same where Proxmox has refused in these words: it may name a path that the needs say nothing
/// of, or a pool that is not there.
std::string how_to_be_allowed(std::string_view refusal, const List<Need>& needs,
                              std::string_view token);

/// The commands that give a token privileges on all VMs, to be run on the node.
std::string command_to_grant(std::span<const std::string> privileges, std::string_view token);

}  // namespace proxmox
