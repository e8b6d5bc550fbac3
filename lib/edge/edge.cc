// The edge of the tools that are no pipeline: what their mains have in common.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/edge.h"

#include <cerrno>
#include <span>

#include "edge/help.h"
#include "edge/process.h"

namespace proxmox {
namespace {

Result<Exit> work_as_asked(const Action& action, std::span<char*> arguments, Output& output,
                           const Duty& work) {
    const auto options = parse_arguments(action, arguments);
    if (!options) return std::unexpected(options.error());
    if (options->wish == Wish::run) return work(action, *options, output);
    output.put(words_for(action, *options));
    return Exit::ok;
}

}  // namespace

int run_work(const Action& action, int argc, char** argv, const Duty& work) {
    const bool has_stdout = harden_process();
    const Signals signals;
    Output output{std::string(action.tool)};
    const std::span arguments(argv, static_cast<std::size_t>(argc));
    const Result<Exit> worked = has_stdout
                                    ? work_as_asked(action, arguments.subspan(1), output, work)
                                    : fail_errno(Exit::write_failed, "write error", EBADF);
    if (!worked) output.error(worked.error());
    Exit exit = worked ? *worked : worked.error().exit;
    if (output.is_broken()) {
        exit = worse(exit, Exit::write_failed);
        if (output.broken_by() != EPIPE || !signals.pipe_is_fatal())
            output.error(fail_errno(exit, "write error", output.broken_by()).error());
    }
    end_process(exit, output, signals);
}

}  // namespace proxmox
