// The edge of tools that work on guests: their command line, what a run of lines needs, its end.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include "edge/edge.h"
#include "edge/run_of.h"
#include "guest/guest.h"
#include "line/lines.h"
#include "loop/shift.h"

namespace proxmox {

/// A session once its command line is understood; its lines may be long in coming.
struct GuestSession {
    const Session& session;
    const Options& options;
    LineReader& input;
};

/// Gives the run of lines its end, or says why there can be none.
using RunLines = std::function<Result<RunEnd>(const GuestSession& guests)>;

/// Understands the command line, runs the lines, says what went wrong, and ends the process.
int run_on_guests(const Tool& tool, int argc, char** argv, const RunLines& run_lines);

/// Runs once the first line has come; where none ever does, there is nothing to do.
Result<RunEnd> when_lines_come(const GuestSession& guests,
                               const std::function<Result<RunEnd>()>& run);

/// Lines that need no API.
Result<RunEnd> run_without_api(const Run& run, const GuestSession& guests, const WayMaker& way_of);

/// Lines that ask the vault's node; the run is told which that is.
Result<RunEnd> run_over_api(Run run, const GuestSession& guests, const WayMaker& way_of);

/// Lines that go through the guest agents of machines: what `run_in_guest` does with --agent.
Result<RunEnd> run_through_agent(const GuestStep& step, const GuestSession& guests);

}  // namespace proxmox
