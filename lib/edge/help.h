// What a tool says of itself, made from its Tool.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "edge/arguments.h"
#include "tool/shape.h"

namespace proxmox {

/// --help: fits a screen and ends with an example that runs.
std::string help_of(const Tool& tool);
/// The same for a call under a legacy name, whose options and statuses are upstream's.
std::string help_of(const Tool& tool, std::string_view legacy_name);

/// What --help, --version and their like print.
std::string words_for(const Tool& tool, const Options& options);

}  // namespace proxmox
