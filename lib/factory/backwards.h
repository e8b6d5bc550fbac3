// A journal read backwards: what it says was made, to take that back.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "line/lines.h"
#include "line/record.h"

namespace proxmox {

/// What a journal speaks of, last begun first, and what is to be said of its lines.
struct Backwards {
    std::vector<Record> records{};
    std::vector<std::string> notes{};
    /// A whole line was no entry: what it was to say is not taken back.
    bool has_refused = false;
};

/// Reads to the end of the input. What was done completes what was begun; a line that is no entry
/// is noted and left out. Of a run that was killed the last one may be torn: it is none either.
Result<Backwards> read_backwards(LineReader& input, Inputs inputs);

}  // namespace proxmox
