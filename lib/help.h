// What a tool says of itself, made from its Action.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "action.h"

namespace proxmox {

/// --help: fits a screen and ends with an example that runs.
std::string help_of(const Action& action);

/// --version, with the newline.
std::string version_of(const Action& action);

}  // namespace proxmox
