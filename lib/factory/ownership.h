// Ownership: what proves that a machine is the one that a line means, and not just its id.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "base/moment.h"
#include "json/json.h"
#include "line/record.h"

namespace proxmox {

/// The first trait on the line (name, uuid, mark) that this configuration does not have, worded;
/// empty where it has all of them.
std::string foreign_trait(const json::Value& config, const Record& record);

}  // namespace proxmox
