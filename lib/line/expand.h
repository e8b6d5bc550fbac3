// Templates over a record: paths and messages.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "line/record.h"

namespace proxmox {

/// Everything outside [A-Za-z0-9._~-] as %NN.
std::string percent_encode(std::string_view text);

/// "/nodes/{proxmox_node}/qemu/{vm_id}" with the record's values, each exactly one path segment: an
/// empty value, "." and ".." are refused, because a server would read another path out of them.
Result<std::string> expand_path(std::string_view path, const Record& record);

/// The template with the record's values as they are.
std::string expand_text(std::string_view text, const Record& record);

}  // namespace proxmox
