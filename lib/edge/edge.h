// The edge of the tools that are no pipeline: what their mains have in common.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include "edge/arguments.h"
#include "edge/output.h"

namespace proxmox {

/// What such a tool does once its command line is understood and asks for no words.
using Duty =
    std::function<Result<Exit>(const Action& action, const Options& options, Output& output)>;

/// Understands the command line, works, says what went wrong, and ends the process.
int run_work(const Action& action, int argc, char** argv, const Duty& work);

}  // namespace proxmox
