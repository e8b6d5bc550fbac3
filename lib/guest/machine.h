// What is said of a machine that a line waits for: who it is, and what of it did not come.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "guest/ladder.h"
#include "line/record.h"
#include "way/line.h"

namespace proxmox {

/// "web-01 vm_id 100", or as much of it as the line knows.
std::string machine_name(const Record& record);

/// "SUBJECT: WHAT (line N: CAUSE); ADVICE"; cause and advice may be empty.
Failure machine_failure(const Line& line, Exit exit, std::string_view what, std::string_view cause,
                        std::string_view advice = {});

/// Advice for a line that gives up waiting: it has done nothing to the machine.
std::string while_it_runs(std::string_view advice);

/// "no guest agent after 120 s"
std::string waited_in_vain(const Ladder& ladder, milliseconds now);

/// How long the ladder wants to pause before the next look; where its time is up, why the way ends.
Reached<milliseconds> time_to_next_look(const Line& line, Ladder& ladder, std::string_view cause);

}  // namespace proxmox
