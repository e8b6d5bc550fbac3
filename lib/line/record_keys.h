// The keys that flow through a pipe of tools, and who puts them there.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace proxmox {

/// The step that usually gives a line this key, as words; empty for what only the user knows.
std::string_view giver_of(std::string_view key);

}  // namespace proxmox
