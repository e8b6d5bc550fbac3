// The dry run: which requests a line would lead to, told instead of sent.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "tool/action.h"
#include "line/lines.h"
#include "edge/output.h"
#include "line/record.h"

namespace proxmox {

/// One JSON line for each request, in their order. Pure. What only the node could tell stands there
/// as its name in braces.
std::string requests_of(const Action& action, Record record, std::string_view node);

/// Prints the requests of all lines and sends none.
Exit dry_run(const Action& action, std::span<const Given> given, LineReader& input,
             std::string_view node, Output& output);

}  // namespace proxmox
