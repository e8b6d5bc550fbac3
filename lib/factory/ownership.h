// Ownership: what proves that a machine is the one that a line means, and not just its id.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "base/moment.h"
#include "json/json.h"
#include "line/record.h"

namespace proxmox {

/// What we make says so in its notes, on a line of its own: "range42-fastpath UUID".
inline constexpr std::string_view mark_prefix = "range42-fastpath ";

/// The lines of these notes that are marks of ours, whole, each with its newline.
std::string marks_in(std::string_view notes);

/// The first trait on the line (name, uuid, mark) that this configuration does not have, worded;
/// empty where it has all of them.
std::string foreign_trait(const json::Value& config, const Record& record);

}  // namespace proxmox
