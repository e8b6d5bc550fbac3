// A tool's work on its lines, over a connection that is open: what each way to it has in common.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <unistd.h>

#include <optional>
#include <vector>

#include "edge/edge.h"
#include "edge/open_connection.h"
#include "edge/run_of.h"
#include "line/filter.h"
#include "line/lines.h"
#include "loop/shift.h"
#include "print/failed_lines.h"

namespace proxmox {

class LineWork {
  public:
    explicit LineWork(const Session& session)
        : tool_(session.tool), output_(session.output), signals_(session.signals) {}

    /// What the options name: the pattern that has to be sound, and the file for lines that fail.
    Outcome compile_filter(const Options& options);
    Outcome open_failed(const Options& options);
    /// Where lines are read; nothing where the tool finds its own.
    LineReader* input_for(const Options& options) {
        return reads_lines(tool_) || options.nodes_from_stdin ? &input_ : nullptr;
    }
    /// What holds for all lines of this run.
    Run settle(const Options& options, const Connection& connection);
    Result<RunEnd> work(const Options& options, Connection& connection);
    /// The file of failed lines is whole from now on, and at its place.
    Outcome commit_failed();

  private:
    Outcome add_lines(Shift& shift, const Run& run, const Options& options, LineReader* input);

    const Tool& tool_;
    Output& output_;
    Signals& signals_;
    LineReader input_{STDIN_FILENO};
    std::vector<Input> keys_ = keys_of(tool_.lines);
    std::optional<Filter> filter_;
    std::optional<FailedLines> failed_;
    /// What the lines that were read before the run began have come to.
    Exit of_input_ = Exit::ok;
};

}  // namespace proxmox
