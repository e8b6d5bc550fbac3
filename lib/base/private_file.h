// Small files of the user's own: one made for nobody else, and the start of one that is there.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace proxmox {

/// Makes a file that is not there yet, for this user alone.
Outcome write_private_file(const std::string& path, std::string_view text);

/// As much as may be wanted of a file; empty where there is none, or something else.
std::string start_of_file(const std::string& path, std::size_t limit);

}  // namespace proxmox
