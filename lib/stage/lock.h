// Locks: a guest that an earlier task still holds is waited for instead of being given up.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include "stage/change.h"
#include "stage/changes.h"
#include "way/line.h"

namespace proxmox {

/// So often in a row nothing that could hold a lock is seen before it counts as left behind.
inline constexpr int lock_misses_limit = 3;

/// So often a line is refused for a lock and goes on to wait for its end.
inline constexpr int lock_refusals_limit = 5;

/// "VM is locked (clone)", be it an answer's or a task's; "CT is locked (...)".
bool tells_of_lock(std::string_view words);

/// Waits until no task holds the line's guest, of which a refusal has told.
[[gnu::visibility("default")]] Way<void> outlast_lock(Line& line);

/// Makes a change, again after each lock of the line's guest that it was refused for.
[[gnu::visibility("default")]] Way<Made> make_unlocked(Line& line, const Change& change);

/// The configuration in `path`, which is that of the guest `vm_id`, once no task holds it.
[[gnu::visibility("default")]] Way<Finding> see_unlocked(Line& line, std::string_view path,
                                                         std::string vm_id);

}  // namespace proxmox
