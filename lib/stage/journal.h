// A line's part of the journal: what is about to be made, and that it has been made.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "way/line.h"

namespace proxmox {

/// What an entry of the journal is about: a guest is about to be made, or has been made.
inline constexpr std::string_view journal_begins = "begins";
inline constexpr std::string_view journal_done = "done";

/// An entry without its newline.
std::string journal_entry(const Line& line, std::string_view state, std::string_view upid = {});

/// From now on the line's guest may exist. What cannot be written down is not begun.
Way<void> note_beginning(Line& line);

/// The line's guest is there. A journal that cannot be written makes the line fail, not the guest.
Way<void> note_end(Line& line);

}  // namespace proxmox
