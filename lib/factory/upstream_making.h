// Making machines as the devkit's scripts do: their keys, their parameters, nothing more.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tool/tool.h"

namespace proxmox {

/// Creates a machine; what stands under its id is left alone, and the line prints nothing.
[[gnu::visibility("default")]] Way<Printed> create_as_upstream(Line& line);

/// Clones a machine in full.
[[gnu::visibility("default")]] Way<Printed> clone_as_upstream(Line& line);

}  // namespace proxmox
