// Foreign traits: what shows that a machine is not the one that a line means, whatever its id.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "base/moment.h"
#include "json/json.h"
#include "line/record.h"

namespace proxmox {

/// Why this is not what a clone of the VM `source` under this name looks like that we have made;
/// empty where it is.
std::string foreign_clone(const json::Value& config, std::string_view name,
                          std::string_view source);

/// The first trait on the line (name, uuid, mark) that this configuration does not have, worded;
/// empty where it has all of them.
std::string foreign_trait(const json::Value& config, const Record& record);

}  // namespace proxmox
