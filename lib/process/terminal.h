// The terminal behind a descriptor, if there is one: how wide it is and what it understands.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

namespace proxmox {

inline constexpr std::size_t usual_terminal_width = 80;

/// Columns; 0 where the descriptor is no terminal.
std::size_t terminal_width(int descriptor);

/// Not a job in the background, whose words would land in what is typed.
bool is_in_foreground(int terminal);

/// TERM promises that a line can be written again in its place.
bool terminal_can_rewrite();

}  // namespace proxmox
