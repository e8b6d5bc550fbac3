// The journal: one JSON line for what is begun, one for what came of it, to take it back by.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "line/lines.h"
#include "line/record.h"

namespace proxmox {

/// What a line of the journal is about: a VM is about to be made, or has been made.
inline constexpr std::string_view journal_begins = "begins";
inline constexpr std::string_view journal_done = "done";

/// One line without its newline.
std::string journal_line(std::string_view state, const Action& action, const Record& record,
                         std::string_view upid);

/// What a journal speaks of, last begun first, and what is to be said of its lines.
struct Backwards {
    std::vector<Record> records{};
    std::vector<std::string> notes{};
};

/// Reads to the end of the input. What was done completes what was begun; a line that is no entry,
/// the torn last one of a killed run for instance, is noted and left out.
Result<Backwards> read_backwards(LineReader& input, const Inputs& inputs);

}  // namespace proxmox
