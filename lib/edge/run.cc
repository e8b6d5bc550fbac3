// The run of a tool over its lines: how it comes to be, and when it goes another way.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: the order in which a run comes to be is read in one piece.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/timings.h"
#include "edge/arguments.h"
#include "edge/dry_run.h"
#include "edge/edge.h"
#include "edge/fallback.h"
#include "edge/help.h"
#include "edge/legacy.h"
#include "edge/open_connection.h"
#include "edge/references.h"
#include "edge/run_of.h"
#include "factory/backwards.h"
#include "factory/newcomer.h"
#include "loop/shift.h"
#include "process/process.h"
#include "stage/guard.h"
#include "stage/opening.h"

namespace proxmox {
namespace {

/// Lines that name nodes instead of guests.
constexpr List<Input> node_lines{{"proxmox_node", Type::node, required}};

Exit report(Output& output, const Error& error) {
    output.error(error);
    return error.exit;
}

/// Why a call under a legacy name takes the ansible path, where the user has not asked for it.
struct Retreat {
    std::optional<Error> reason{};
    /// What he should know of that path.
    std::string warning{};
};

/// One tool's run: what its ways have in common.
class ToolRun {
  public:
    explicit ToolRun(const Session& session)
        : tool_(session.tool), output_(session.output), signals_(session.signals) {}

    Result<Exit> under_own_name(std::span<char*> arguments);
    Exit under_legacy_name(const Legacy& call);

  private:
    Result<Exit> work(const Options& options);
    std::expected<Exit, Retreat> by_api(const Legacy& call);
    std::expected<Exit, Retreat> without_vault(const Error& error);
    Outcome compile_filter(const Options& options);
    Run settle(const Options& options, const Connection& connection);
    Result<RunEnd> lines(const Options& options, Connection& connection, LineReader* input);
    Outcome add_lines(Shift& shift, const Run& run, const Options& options, LineReader* input);
    Exit hand_over(const Legacy& call, const Retreat& retreat);
    Exit refuse(const Legacy& call, const Error& error);
    LineReader* input_for(const Options& options) {
        return reads_lines(tool_) || options.nodes_from_stdin ? &input_ : nullptr;
    }

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

Result<Exit> ToolRun::under_own_name(std::span<char*> arguments) {
    const auto options = parse_arguments(tool_, arguments);
    if (!options) return std::unexpected(options.error());
    if (*tell_words({tool_, arguments, output_, signals_}, *options)) return Exit::ok;
    if (options->timings) want_timings();
    if (const auto compiled = compile_filter(*options); !compiled)
        return std::unexpected(compiled.error());
    if (!options->failed_path.empty()) {
        const bool has_secrets = std::ranges::any_of(keys_, is_hidden, &Input::type);
        auto failed = FailedLines::open(options->failed_path, has_secrets);
        if (!failed) return std::unexpected(failed.error());
        failed_.emplace(std::move(*failed));
    }
    auto ended = work(*options);
    if (ended && failed_)
        if (const auto kept = failed_->commit(); !kept) return std::unexpected(kept.error());
    return ended;
}

Result<Exit> ToolRun::work(const Options& options) {
    LineReader* const input = input_for(options);
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
    auto connection = Connection::open(warnings_to(output_));
    if (!connection) return std::unexpected(connection.error());
    const Output::Hidden hidden(output_, (*connection)->token_secret());
    if (options.dry_run)
        return dry_run(settle(options, **connection), way_of(tool_), options.given, input, output_);
    const auto end = lines(options, **connection, input);
    if (!end) return std::unexpected(end.error());
    return end->exit;
}

Exit ToolRun::under_legacy_name(const Legacy& call) {
    if (call.asks_for_help()) {
        output_.put(help_of(tool_, call.name));
        return Exit::line_failed;
    }
    if (Legacy::is_forced_off()) return hand_over(call, {});
    const auto ended = by_api(call);
    return ended ? *ended : hand_over(call, ended.error());
}

/// Without the vault nobody knows which server is meant, but the user may have said that not
/// everybody is. Whoever states a policy of trust that cannot be read does not mean none at all.
std::expected<Exit, Retreat> ToolRun::without_vault(const Error& error) {
    const auto stated = trust_in_environment();
    if (error.exit != Exit::tls_identity && stated && !names_someone(*stated))
        return std::unexpected(Retreat{error});
    output_.trace(Legacy::notice_of_no_fallback);
    return legacy_exit(report(output_, error));
}

/// Whoever retreats has neither the token nor a socket any more, which a successor would inherit.
std::expected<Exit, Retreat> ToolRun::by_api(const Legacy& call) {
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
        if (is_refused) return report(output_, error);
        // There is one way then, and it is gone as patiently as under our own name.
    } else if (call.announces()) {
        output_.trace(call.notice_of_delegation());
    }

    const auto options = parse_legacy_arguments(tool_, call);
    const auto compiled = options ? compile_filter(*options) : std::unexpected(options.error());
    if (!compiled) return refuse(call, compiled.error());
    if (input_for(*options) != nullptr && isatty(STDIN_FILENO) == 1)
        return refuse(call, {Exit::line_failed, Legacy::notice_of_terminal(tool_)});
    const auto end = lines(*options, connection, input_for(*options));
    if (!end) return legacy_exit(report(output_, end.error()));
    return legacy_exit(*end);
}

Exit ToolRun::refuse(const Legacy& call, const Error& error) {
    output_.upstream_error(error.message, help_of(tool_, call.name));
    return legacy_exit(error.exit);
}

Outcome ToolRun::compile_filter(const Options& options) {
    if (!options.filter) return {};
    auto filter = Filter::compile(*options.filter);
    if (!filter) return std::unexpected(filter.error());
    filter_.emplace(std::move(*filter));
    return {};
}

Run ToolRun::settle(const Options& options, const Connection& connection) {
    if (options.nodes_from_stdin) keys_.assign(node_lines.begin(), node_lines.end());
    Run run = run_of(tool_, options, keys_);
    run.home = {connection.node(), connection.vm_storage(), connection.host_and_port(),
                connection.user(), connection.patience()};
    run.printing.filter = filter_ ? &*filter_ : nullptr;
    const bool needs_tag = tool_.guard != Guard::none || tool_.own.makes;
    run.guarding.required_tag = needs_tag ? environment(guard_variable) : "";
    run.guarding.is_on = tool_.guard == Guard::always ||
                         (tool_.guard == Guard::on_request && !run.guarding.required_tag.empty());
    // What a journal names is proven by more than its line, wherever it is by now; after each wait
    // for a lock, so that its way waits for itself.
    if (tool_.lines.from == LinesFrom::journal)
        run.lock_patience = {};
    else if (tool_.guard != Guard::none)
        run.guarding.reach = options.is_legacy ? Reach::vaults_node : Reach::named_node;
    return run;
}

Outcome ToolRun::add_lines(Shift& shift, const Run& run, const Options& options,
                           LineReader* input) {
    const bool whole_cluster = options.whole_cluster;
    if (tool_.lines.from == LinesFrom::every_guest) {
        shift.open_with(
            [whole_cluster](Line& line) { return open_with_guests(line, whole_cluster); });
    } else if (tool_.lines.from == LinesFrom::journal) {
        auto backwards = read_backwards(*input, keys_);
        if (!backwards) return std::unexpected(backwards.error());
        for (const std::string& note : backwards->notes) output_.trace(note);
        if (backwards->has_refused) of_input_ = Exit::line_failed;
        for (Record& record : backwards->records) shift.add(std::move(record));
    } else if (input == nullptr && whole_cluster) {
        shift.open_with(open_with_nodes);
    } else if (input == nullptr) {
        for (const std::string& node :
             options.nodes.empty() ? std::vector{run.home.node} : options.nodes) {
            Record record;
            record.set("proxmox_node", node);
            shift.add(std::move(record));
        }
    }
    return {};
}

Result<RunEnd> ToolRun::lines(const Options& options, Connection& connection, LineReader* input) {
    for (const std::string& warning : connection.warnings()) output_.warning(warning);
    const Run run = settle(options, connection);
    std::unique_ptr<Equipment> equipment;
    if (tool_.own.makes) {
        auto opened = Equipment::open(connection.host_and_port(), options.journal_path);
        if (!opened) return std::unexpected(opened.error());
        equipment = std::move(*opened);
    }
    signals_.catch_ends();
    if (acts(tool_)) expect_changes();
    // A task that is merely awaited takes nobody's place; what is taken back goes one by one.
    const bool is_backwards = tool_.lines.from == LinesFrom::journal;
    const auto jobs = static_cast<std::size_t>(tool_.own.awaits ? jobs_limit
                                               : is_backwards   ? 1
                                                                : options.jobs);
    Shift shift(run, jobs, {connection.transfers(), output_, signals_, equipment.get()},
                way_of(tool_));
    References references(connection.transfers().stand_ins());
    shift.prepare_with([&](Record& record) {
        if (equipment) christen(record, run);
        return references.fill(record);
    });
    ProgressLine progress(output_, options.progress);
    shift.show_progress(progress);
    if (failed_) shift.keep_failed(*failed_);
    if (auto known = connection.take_prefetched())
        shift.know(known->first, std::move(known->second));
    if (const auto added = add_lines(shift, run, options, input); !added)
        return std::unexpected(added.error());
    RunEnd end = shift.work(is_backwards ? nullptr : input, options.given);
    end.exit = worse(end.exit, of_input_);
    if (failed_)
        if (const auto kept = failed_->commit(); !kept) return std::unexpected(kept.error());
    if (const Error& refusal = connection.trust().refusal(); !refusal.message.empty())
        return std::unexpected(refusal);
    return end;
}

/// The slow path gets our place: arguments and input as they came. Why is not said, since upstream
/// does not, unless there is no slow path or the user wants to be told.
Exit ToolRun::hand_over(const Legacy& call, const Retreat& retreat) {
    const auto& reason = retreat.reason;
    const auto fallback = find_fallback(call.shim_path);
    if (reason && (!fallback || Legacy::is_strict())) output_.error(*reason);
    if (!fallback) {
        output_.error(fallback.error());
        return legacy_exit(reason ? reason->exit : fallback.error().exit);
    }
    if (!retreat.warning.empty()) output_.warning(retreat.warning);
    if (reason && call.announces()) output_.trace(Legacy::notice_of_fallback);
    signals_.restore();
    unharden_process();
    const Error failed = exec_fallback(*fallback, call.arguments.data(), reason.has_value());
    return legacy_exit(report(output_, failed));
}

}  // namespace

int run(const Tool& tool, int argc, char** argv) {
    return run_session(tool, argc, argv, [argc, argv](const Session& session) -> Result<Exit> {
        if (!has_keys(session.tool)) session.output.guard_quotes();
        ToolRun run(session);
        const std::span all(argv, static_cast<std::size_t>(argc));
        if (const auto call = legacy_call(all)) return run.under_legacy_name(*call);
        return run.under_own_name(session.arguments);
    });
}

int run(const Tool& tool, const Tool& under_legacy_name, int argc, char** argv) {
    const std::span all(argv, static_cast<std::size_t>(argc));
    if (all.size() > 1 && all[1] == as_devkit_option)
        return run(under_legacy_name, argc - 1, argv + 1);
    return run(legacy_call(all) ? under_legacy_name : tool, argc, argv);
}

}  // namespace proxmox
