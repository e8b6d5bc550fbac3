// The dry run: which requests a line would lead to, told instead of sent.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "line/lines.h"
#include "line/record.h"
#include "process/output.h"
#include "way/walk.h"

namespace proxmox {

/// Prints what all lines would lead to, one JSON line for each request in their order, and sends
/// none. What only the node could tell stands there as its name in braces. Without input there is
/// one line, which names nothing.
Exit dry_run(const Run& run, const WayOf& way_of, std::span<const Given> given, LineReader* input,
             Output& output);

}  // namespace proxmox
