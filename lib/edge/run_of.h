// A run out of a tool and its options: what all lines of it share.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "edge/arguments.h"
#include "tool/shape.h"
#include "way/walk.h"

namespace proxmox {

/// What the options decide; `keys` outlive the run. Where the API is, is still to be said.
Run run_of(const Tool& tool, const Options& options, Inputs keys);

/// The tool's way: its own, or the plain one made of its values.
WayOf way_of(const Tool& tool);

}  // namespace proxmox
