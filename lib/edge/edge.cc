// The edge of every tool: its process, its command line, its words, and its end.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/edge.h"

#include <cerrno>

#include "api/config.h"
#include "base/timings.h"
#include "edge/help.h"
#include "process/process.h"

namespace proxmox {

int run_session(const Tool& tool, int argc, char** argv, const Work& work) {
    begin_timings();
    const bool has_stdout = harden_process();
    claim_given_credentials();
    Signals signals;
    Output output{std::string(tool.name)};
    const std::span arguments(argv, static_cast<std::size_t>(argc));
    const Result<Exit> worked = has_stdout ? work({tool, arguments.subspan(1), output, signals})
                                           : fail_errno(Exit::write_failed, "write error", EBADF);
    if (!worked) output.error(worked.error());
    Exit exit = worked ? *worked : worked.error().exit;
    if (output.is_broken()) {
        exit = worse(exit, Exit::write_failed);
        if (output.broken_by() != EPIPE || !signals.pipe_is_fatal())
            output.error(fail_errno(exit, "write error", output.broken_by()).error());
    }
    if (timings_wanted()) output.account("where the time went", timings_text());
    end_process(exit, output, signals);
}

Result<bool> tell_words(const Session& session, const Options& options) {
    if (options.wish == Wish::run) return false;
    session.output.put(words_for(session.tool, options));
    return true;
}

int run_work(const Tool& tool, int argc, char** argv, const Duty& duty) {
    return run_session(tool, argc, argv, [&duty](const Session& session) -> Result<Exit> {
        const auto options = parse_arguments(session.tool, session.arguments);
        if (!options) return std::unexpected(options.error());
        if (*tell_words(session, *options)) return Exit::ok;
        return duty(session.tool, *options, session.output);
    });
}

}  // namespace proxmox
