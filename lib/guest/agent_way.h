// The way through a guest agent: pieces of a file, a program, and how it ended.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "guest/agent_calls.h"
#include "way/line.h"

namespace proxmox {

/// An interruption stops the program, or takes the pieces away.
[[gnu::visibility("default")]] Way<Printed> go_through_agent(Line& line, const AgentRun& run);

}  // namespace proxmox
