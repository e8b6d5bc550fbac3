// What a tool says of itself, made from its Action.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "tool/action.h"
#include "edge/arguments.h"

namespace proxmox {

/// --help: fits a screen and ends with an example that runs.
std::string help_of(const Action& action);
/// The same for a call under a legacy name, whose options and statuses are upstream's.
std::string help_of(const Action& action, std::string_view legacy_name);

/// What --help, --version and their like print.
std::string words_for(const Action& action, const Options& options);

}  // namespace proxmox
