// The way through a step: it waits for the login, then runs the scripts.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "guest/guest_command.h"
#include "way/line.h"

namespace proxmox {

/// So often a line may lose its connection between two commands.
inline constexpr int longest_returns = 3;

/// `number` is no other line's.
[[gnu::visibility("default")]] Way<Printed> go_through_step(Line& line, const GuestRun& run,
                                                            std::uint64_t number);

}  // namespace proxmox
