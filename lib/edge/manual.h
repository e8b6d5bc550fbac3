// What a tool tells of itself to other programs: its manual page, its options, its table row.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tool/shape.h"

namespace proxmox {

/// The hidden option behind manual pages, completion and README: "--describe ASPECT".
inline constexpr std::string_view describe_option = "--describe";

/// The text of one aspect (manual, options, row, exits); nothing when there is no such aspect.
std::optional<std::string> description_of(const Tool& tool, std::string_view aspect);

}  // namespace proxmox
