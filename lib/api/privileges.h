// What Proxmox asks of a token: the privileges for each kind of request that the tools make.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tool/action.h"
#include "json/json.h"

namespace proxmox {

/// Each privilege once, for all requests of the action; an empty one for requests that all may
/// make is left out. Pure.
std::vector<std::string_view> privileges_of(const Action& action);

/// What a token may do with VMs, by the answer to `permissions_path`: a privilege on one pool is
/// enough for the VMs in it.
std::set<std::string> privileges_on_vms(const json::Value& paths);
/// Without it a list is empty, and nothing says so.
inline constexpr std::string_view list_privilege = "VM.Audit";
inline constexpr std::string_view permissions_path = "/access/permissions";

/// The commands that give a token privileges on all VMs, to be run on the node.
std::string command_to_grant(std::span<const std::string> privileges, std::string_view token);

}  // namespace proxmox
