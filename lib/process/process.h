// The process itself: its descriptors, its memory, and how it ends.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "process/output.h"
#include "process/signals.h"

namespace proxmox {

/// No core dumps and no other process looking in; closed standard descriptors become /dev/null, so
/// that no socket can take their place; without memory an orderly end. False when stdout was
/// closed.
bool harden_process();

/// From here on changes are sent: where memory runs out their outcome is unknown.
void expect_changes();

/// What a process that takes our place must not inherit.
void unharden_process();

/// Ends the process at once, as its parent expects: by the signal that asked for it, by SIGPIPE
/// when the reader went, else with the status. Secrets must be gone by then.
[[noreturn]] void end_process(Exit exit, const Output& output, const Signals& signals);

}  // namespace proxmox
