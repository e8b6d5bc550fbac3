// The edge of tools that work on guests: their command line, what a run of lines needs, its end.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/guest_edge.h"

#include <unistd.h>

#include <optional>
#include <utility>

#include "api/config.h"
#include "base/timings.h"
#include "edge/open_connection.h"
#include "trust/openssl_start.h"

namespace proxmox {
namespace {

/// What the way would lead to is what the line prints; nothing of it is done.
Way<Printed> tell_instead(Line& line, const WayMaker& way_of) {
    line.is_rehearsed = true;
    co_await way_of(line);
    co_return Printed{.output = std::move(line.rehearsal)};
}

/// Shows how far the run is, and keeps the lines that failed if somebody wants them.
Result<RunEnd> work_on_lines(const Run& run, const GuestSession& guests, Transfers& transfers,
                             const WayMaker& way_of) {
    const auto& [session, options, input] = guests;
    WayMaker way = way_of;
    if (options.dry_run) way = [&way_of](Line& line) { return tell_instead(line, way_of); };
    Shift shift(run, static_cast<std::size_t>(options.jobs),
                {transfers, session.output, session.signals}, std::move(way));
    ProgressLine progress(session.output, options.progress);
    shift.show_progress(progress);
    if (options.failed_path.empty()) return shift.work(&input, options.given);
    auto failed = FailedLines::open(options.failed_path, false);
    if (!failed) return std::unexpected(failed.error());
    shift.keep_failed(*failed);
    const RunEnd end = shift.work(&input, options.given);
    if (const auto kept = failed->commit(); !kept) return std::unexpected(kept.error());
    return end;
}

Result<Exit> work(const Session& session, const RunLines& run_lines) {
    const auto options = parse_arguments(session.tool, session.arguments);
    if (!options) return std::unexpected(options.error());
    if (*tell_words(session, *options)) return Exit::ok;
    if (options->timings) want_timings();
    LineReader input(STDIN_FILENO);
    if (isatty(STDIN_FILENO) == 1)
        return fail(Exit::line_failed, "no input on stdin", "pipe JSON lines into it; see --help");
    const auto end = run_lines({session, *options, input});
    if (!end) return std::unexpected(end.error());
    return end->exit;
}

}  // namespace

int run_on_guests(const Tool& tool, int argc, char** argv, const RunLines& run_lines) {
    return run_session(tool, argc, argv,
                       [&run_lines](const Session& session) { return work(session, run_lines); });
}

Result<RunEnd> when_lines_come(const GuestSession& guests,
                               const std::function<Result<RunEnd>()>& run) {
    Signals& signals = guests.session.signals;
    signals.catch_ends();
    const auto has_content = guests.input.await_content(signals.descriptor());
    if (!has_content) return std::unexpected(has_content.error());
    return *has_content ? run() : RunEnd{};
}

Result<RunEnd> run_without_api(const Run& run, const GuestSession& guests, const WayMaker& way_of) {
    start_openssl();
    Trust nobody({.mode = TrustMode::pin, .pins = {}, .authority_file = {}, .server_name = {}}, {},
                 {});
    // Nothing is asked of an API: the transfers only wait.
    auto transfers = Transfers::open({}, nobody, warnings_to(guests.session.output));
    if (!transfers) return std::unexpected(transfers.error());
    return work_on_lines(run, guests, **transfers, way_of);
}

Result<RunEnd> run_over_api(Run run, const GuestSession& guests, const WayMaker& way_of) {
    if (const auto active = require_workspace(); !active) return std::unexpected(active.error());
    auto opened = open_connection(guests.session.output);
    if (!opened) return std::unexpected(opened.error());
    Connection& connection = **opened;
    const Output::Hidden hidden(guests.session.output, connection.token_secret());
    run.home = {connection.node(), connection.vm_storage(), connection.host_and_port(),
                connection.user()};
    auto end = work_on_lines(run, guests, connection.transfers(), way_of);
    if (const Error& refusal = connection.trust().refusal(); !refusal.message.empty())
        return std::unexpected(refusal);
    return end;
}

}  // namespace proxmox
