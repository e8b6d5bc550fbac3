// Lines that are not finished: accepted and still to be awaited, or failed and to be fed again.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "json/json.h"
#include "line/record.h"
#include "print/printing.h"

namespace proxmox {

/// The line of a change that was accepted: its `upid`, and null for what only its end will tell.
std::string print_accepted(const Printing& printing, const Record& record);

/// Whether the line to be awaited has left open how its guest is.
bool is_state_open(const Record& record);
/// The line as it would have been printed had its task been awaited at once; `row` is the VM's
/// state, and may be missing.
std::string print_awaited(const Printing& printing, const Record& record, const json::Value& row);

/// A line that failed: what it meant, why it failed, and the exit status it asks for.
std::string print_failure(const Printing& printing, const Record& record, Exit exit,
                          std::string_view reason);
/// Whether an input line is such a one.
bool is_failure(std::string_view line);

/// The input line with the reason as "error", a key that no tool reads. A line that was no object
/// becomes one: with what it named under `key`, or where that is nothing, with all of it as "line".
std::string refeedable(std::string_view line, std::string_view key, const Record& record,
                       std::string_view reason);

}  // namespace proxmox
