// Before a line acts: its guard, and the questions whose answers it needs.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stage/changes.h"
#include "way/line.h"

namespace proxmox {

/// Ends the way where the line's guest is not to be harmed, or is another than the line says.
[[gnu::visibility("default")]] Way<void> keep_guard(Line& line);

/// Works out values of the record from what it has.
[[gnu::visibility("default")]] Reached<void> prepare(Line& line, Prepare prepare);

/// Asks, and fills the record from the answer. `moment` takes the place of the time that it is.
[[gnu::visibility("default")]] Way<void> look(Line& line, Look look);
/// The answer itself, for a way that goes through what it holds; one that is no good ends the way.
/// A rehearsal tells the question, and its answer holds nothing.
[[gnu::visibility("default")]] Way<Finding> see(Line& line, std::string_view path);
Way<void> look_at(Line& line, Look look, Moment moment);

}  // namespace proxmox
