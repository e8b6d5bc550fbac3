// The edge of every tool: its process, its command line, its words, and its end.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <span>

#include "edge/arguments.h"
#include "process/output.h"
#include "process/signals.h"
#include "tool/shape.h"

namespace proxmox {

/// What the tool's work has of its process.
struct Session {
    const Tool& tool;
    /// As they came, without the program's name.
    std::span<char*> arguments;
    Output& output;
    Signals& signals;
};

/// Gives the exit status, or an error to be told.
using Work = std::function<Result<Exit>(const Session& session)>;

/// Hardens the process, works, says what went wrong, and ends the process.
int run_session(const Tool& tool, int argc, char** argv, const Work& work);

/// What a tool does once its command line is understood and asks for no words.
using Duty = std::function<Result<Exit>(const Tool& tool, const Options& options, Output& output)>;

/// The session of a tool that is called by its own name alone.
int run_work(const Tool& tool, int argc, char** argv, const Duty& duty);

/// Prints what the command line asks for, where that is help or the like: nothing is left to do.
Result<bool> tell_words(const Session& session, const Options& options);

}  // namespace proxmox
