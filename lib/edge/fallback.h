// The way back: handing a legacy call over to the ansible path.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace proxmox {

/// The executable of this name that a call would have reached without us: the next one on PATH
/// behind the shim's own directory, else the one in the devkit's. Never the shim itself.
Result<std::string> find_fallback(const std::string& shim_path);

/// Replaces this process by the fallback: same arguments, and told not to look for the API again.
/// `guard_input` keeps lines from it that its inline playbook would execute. Returns only on
/// failure.
Error exec_fallback(const std::string& path, char** arguments, bool guard_input);

/// Whether a line holds a value that the slow path would take for a template or break on.
bool is_dangerous_to_ansible(std::string_view line);

}  // namespace proxmox
