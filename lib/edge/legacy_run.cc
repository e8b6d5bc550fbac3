// A run under a legacy name: by the API where it is reachable, else the devkit's script takes over.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/legacy_run.h"

#include <unistd.h>

#include "edge/fallback.h"
#include "edge/help.h"
#include "process/process.h"

namespace proxmox {

Exit LegacyRun::work() {
    if (call_.asks_for_help()) {
        output_.put(help_of(tool_, call_.name));
        return Exit::line_failed;
    }
    if (Legacy::is_forced_off()) return hand_over({});
    const auto ended = by_api();
    return ended ? *ended : hand_over(ended.error());
}

/// Without the vault nobody knows which server is meant, but the user may have said that not
/// everybody is. Whoever states a policy of trust that cannot be read does not mean none at all.
std::expected<Exit, LegacyRun::Retreat> LegacyRun::without_vault(const Error& error) {
    const auto stated = trust_in_environment();
    if (error.exit != Exit::tls_identity && stated && !names_someone(*stated))
        return std::unexpected(Retreat{error});
    output_.trace(Legacy::notice_of_no_fallback);
    return legacy_exit(report(error));
}

/// Whoever retreats has neither the token nor a socket any more, which a successor would inherit.
std::expected<Exit, LegacyRun::Retreat> LegacyRun::by_api() {
    auto opened = Connection::open(warnings_to(output_));
    if (!opened) return without_vault(opened.error());
    Connection& connection = **opened;
    const Output::Hidden hidden(output_, connection.token_secret());
    const auto reached = connection.prefetch(reachability_request(tool_, connection.node()));
    if (!reached) {
        const Error& error = reached.error();
        const bool is_refused = error.exit == Exit::tls_identity;
        if (!is_refused && !connection.trust().must_be_proven())
            return std::unexpected(Retreat{
                Error{error.exit, output_.shown(error.message), output_.shown(error.remedy)},
                Legacy::warning_of_unproven(connection.trust().server())});
        output_.trace(Legacy::notice_of_no_fallback);
        if (is_refused) return report(error);
        // There is one way then, and it is gone as patiently as under our own name.
    } else if (call_.announces()) {
        output_.trace(call_.notice_of_delegation());
    }

    const auto options = parse_legacy_arguments(tool_, call_);
    const auto compiled =
        options ? work_.compile_filter(*options) : std::unexpected(options.error());
    if (!compiled) return refuse(compiled.error());
    if (work_.input_for(*options) != nullptr && isatty(STDIN_FILENO) == 1)
        return refuse({Exit::line_failed, Legacy::notice_of_terminal(tool_)});
    const auto end = work_.work(*options, connection);
    if (!end) return legacy_exit(report(end.error()));
    return legacy_exit(*end);
}

Exit LegacyRun::refuse(const Error& error) {
    output_.upstream_error(error.message, help_of(tool_, call_.name));
    return legacy_exit(error.exit);
}

/// The slow path gets our place: arguments and input as they came. Why is not said, since upstream
/// does not, unless there is no slow path or the user wants to be told.
Exit LegacyRun::hand_over(const Retreat& retreat) {
    const auto& reason = retreat.reason;
    const auto fallback = find_fallback(call_.shim_path);
    if (reason && (!fallback || Legacy::is_strict())) output_.error(*reason);
    if (!fallback) {
        output_.error(fallback.error());
        return legacy_exit(reason ? reason->exit : fallback.error().exit);
    }
    if (!retreat.warning.empty()) output_.warning(retreat.warning);
    if (reason && call_.announces()) output_.trace(Legacy::notice_of_fallback);
    signals_.restore();
    unharden_process();
    const Error failed = exec_fallback(*fallback, call_.arguments.data(), reason.has_value());
    return legacy_exit(report(failed));
}

Exit LegacyRun::report(const Error& error) {
    output_.error(error);
    return error.exit;
}

}  // namespace proxmox
