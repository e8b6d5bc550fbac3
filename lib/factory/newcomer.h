// A newcomer is a guest that a line makes: its name, and what becomes of it if the line fails.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stage/ids.h"
#include "way/line.h"

namespace proxmox {

/// What a new guest is known by before it has a name of its own anywhere.
void christen(Record& record, const Run& run);

/// Goes a way that makes a guest. One that is there is written into the journal; one whose line has
/// failed is taken back where the user wants that, and an id of which nothing was made is given
/// back.
Way<Printed> keep_track(Line& line, NewId& id, Way<Printed> making);

}  // namespace proxmox
