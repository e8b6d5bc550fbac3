// What a tool says of itself, made from its Action.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "action.h"

namespace proxmox {

/// --help: fits a screen and ends with an example that runs.
std::string help_of(const Action& action);
/// The same for a call under a legacy name, whose options and statuses are upstream's.
std::string help_of(const Action& action, std::string_view legacy_name);

/// --version, with the newline.
std::string version_of(const Action& action);

}  // namespace proxmox
