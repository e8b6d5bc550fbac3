// A task that somebody else's line has begun: awaited here, and that line brought to its end.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "way/line.h"

namespace proxmox {

/// Waits for the line's `upid`, and prints what the tool that began it would have printed.
[[gnu::visibility("default")]] Way<Printed> await_given_task(Line& line);

}  // namespace proxmox
