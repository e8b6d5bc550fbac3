// The grammars of what leads into guests: hosts, users, disks and the like.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include "line/key.h"

namespace proxmox {

/// False for types that are not of guests.
bool is_of_guest(Type type, std::string_view text);

/// What a value of this type is called in a message.
std::string_view name_in_guest(Type type);

}  // namespace proxmox
