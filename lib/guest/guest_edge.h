// The edge of tools that work on guests: their command line, what a run of lines needs, its end.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "edge/arguments.h"
#include "guest/guest.h"
#include "line/lines.h"
#include "edge/output.h"
#include "loop/pipeline.h"
#include "edge/signals.h"
#include "way/work.h"

namespace proxmox {

using RehearsableMaker =
    std::function<std::unique_ptr<Rehearsable>(const Plan& plan, Record record)>;

/// What a run of lines has once its command line is understood.
struct Edge {
    const Options& options;
    LineReader& input;
    Output& output;
    Signals& signals;
};

/// Gives the run of lines its end, or says why there can be none.
using Lines = std::function<Result<RunEnd>(const Edge& edge)>;

/// Understands the command line, runs the lines, says what went wrong, and ends the process.
int run_edge(const Action& action, int argc, char** argv, const Lines& lines);

Plan plan_of(const Action& action, const Options& options);

/// Lines that need no API.
Result<RunEnd> run_without_api(const Plan& plan, const Edge& edge, const RehearsableMaker& make);

/// Lines that ask the vault's node; the plan is told which that is.
Result<RunEnd> run_over_api(Plan plan, const Edge& edge, const RehearsableMaker& make);

/// Lines that go through the guest agents of machines: what `run_in_guest` does with --agent.
Result<RunEnd> run_through_agent(const Action& action, const GuestStep& step, const Edge& edge);

}  // namespace proxmox
