// Opening questions: ways that are gone before any line, and out of which lines come.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "way/line.h"

namespace proxmox {

/// A line for each node of the cluster that is online.
Way<Printed> open_with_nodes(Line& line);
/// A line for each guest of the subject's kind, on the vault's node or in the whole cluster.
Way<Printed> open_with_guests(Line& line, bool whole_cluster);

}  // namespace proxmox
