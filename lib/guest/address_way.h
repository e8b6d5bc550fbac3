// The way to a machine's address: its agent is there, and gives the same answer twice.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "way/line.h"

namespace proxmox {

[[gnu::visibility("default")]] Way<Printed> wait_for_address(Line& line);

}  // namespace proxmox
