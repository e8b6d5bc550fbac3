// The run of a tool over its lines, by the name that it is called by.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <unistd.h>

#include "base/timings.h"
#include "edge/arguments.h"
#include "edge/dry_run.h"
#include "edge/edge.h"
#include "edge/legacy_run.h"
#include "edge/line_work.h"

namespace proxmox {
namespace {

Result<Exit> work_on(const Session& session, const Options& options, LineWork& lines) {
    LineReader* const input = lines.input_for(options);
    if (input != nullptr && isatty(STDIN_FILENO) == 1)
        return fail(Exit::line_failed, "no input on stdin",
                    "pipe VM ids or JSON lines into it; see --help");
    // Where there is no line there is nothing to open a vault for; where there is no workspace
    // there is no reason to read one.
    if (input != nullptr && input->is_empty()) return Exit::ok;
    if (const auto active = require_workspace(); !active) return std::unexpected(active.error());
    if (input != nullptr) {
        const auto has_content = input->await_content();
        if (!has_content) return std::unexpected(has_content.error());
        if (!*has_content) return Exit::ok;
    }
    auto connection = Connection::open(warnings_to(session.output));
    if (!connection) return std::unexpected(connection.error());
    const Output::Hidden hidden(session.output, (*connection)->token_secret());
    if (options.dry_run)
        return dry_run(lines.settle(options, **connection), way_of(session.tool), options.given,
                       input, session.output);
    const auto end = lines.work(options, **connection);
    if (!end) return std::unexpected(end.error());
    return end->exit;
}

Result<Exit> under_own_name(const Session& session) {
    const auto options = parse_arguments(session.tool, session.arguments);
    if (!options) return std::unexpected(options.error());
    if (*tell_words(session, *options)) return Exit::ok;
    if (options->timings) want_timings();
    LineWork lines(session);
    if (const auto compiled = lines.compile_filter(*options); !compiled)
        return std::unexpected(compiled.error());
    if (const auto opened = lines.open_failed(*options); !opened)
        return std::unexpected(opened.error());
    auto ended = work_on(session, *options, lines);
    if (ended)
        if (const auto kept = lines.commit_failed(); !kept) return std::unexpected(kept.error());
    return ended;
}

}  // namespace

int run(const Tool& tool, int argc, char** argv) {
    return run_session(tool, argc, argv, [argc, argv](const Session& session) -> Result<Exit> {
        if (!has_keys(session.tool)) session.output.guard_quotes();
        const std::span all(argv, static_cast<std::size_t>(argc));
        if (const auto call = legacy_call(all)) return LegacyRun(session, *call).work();
        return under_own_name(session);
    });
}

int run(const Tool& tool, const Tool& under_legacy_name, int argc, char** argv) {
    const std::span all(argv, static_cast<std::size_t>(argc));
    if (all.size() > 1 && all[1] == as_devkit_option)
        return run(under_legacy_name, argc - 1, argv + 1);
    return run(legacy_call(all) ? under_legacy_name : tool, argc, argv);
}

}  // namespace proxmox
