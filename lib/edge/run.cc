// The edge: the order in which a run comes to be, what is said when it cannot go on, and its end.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: the order in which a run comes to be is read in one piece.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <span>

#include "edge/arguments.h"
#include "api/config.h"
#include "api/connection.h"
#include "edge/dry_run.h"
#include "loop/equipment.h"
#include "edge/fallback.h"
#include "way/guard.h"
#include "edge/help.h"
#include "factory/journal.h"
#include "edge/legacy.h"
#include "loop/pipeline.h"
#include "edge/process.h"
#include "base/timings.h"

namespace proxmox {
namespace {

/// Lines that name nodes instead of VMs.
constexpr Inputs node_lines{{"proxmox_node", Type::node, required}};

Exit report(Output& output, const Error& error) {
    output.error(error);
    return error.exit;
}

void add_nodes(Pipeline& pipeline, const Options& options, const std::string& vault_node) {
    if (options.whole_cluster) return pipeline.add_every_node();
    for (const std::string& node :
         options.nodes.empty() ? std::vector{vault_node} : options.nodes) {
        Record record;
        record.set("proxmox_node", node);
        pipeline.add(std::move(record));
    }
}

/// One tool's run: what its ways have in common.
class Run {
  public:
    Run(const Action& action, Output& output, Signals& signals)
        : action_(action), output_(output), signals_(signals) {}

    Exit under_own_name(std::span<char*> arguments);
    Exit under_legacy_name(const Legacy& call);

  private:
    Result<Exit> work(const Options& options);
    Outcome compile_filter(const Options& options);
    Plan plan_for(const Action& action, const std::string& tag, const Options& options,
                  const Connection& connection) const;
    Result<RunEnd> lines(const Options& options, Connection& connection, LineReader* input);
    Exit hand_over(const Legacy& call, const Error* reason);
    Exit refuse(const Legacy& call, const Error& error);
    LineReader* input_for(const Options& options) {
        const bool reads = !action_.input.empty() && !action_.takes_every_vm;
        return reads || options.nodes_from_stdin ? &input_ : nullptr;
    }

    const Action& action_;
    Output& output_;
    Signals& signals_;
    LineReader input_{STDIN_FILENO};
    std::optional<Filter> filter_;
    std::optional<FailedLines> failed_;
};

Exit Run::under_own_name(std::span<char*> arguments) {
    const auto options = parse_arguments(action_, arguments);
    if (!options) return report(output_, options.error());
    if (options->wish != Wish::run) {
        output_.put(words_for(action_, *options));
        return Exit::ok;
    }
    if (options->timings) want_timings();
    if (const auto compiled = compile_filter(*options); !compiled)
        return report(output_, compiled.error());
    if (!options->failed_path.empty()) {
        auto failed = FailedLines::open(options->failed_path);
        if (!failed) return report(output_, failed.error());
        failed_.emplace(std::move(*failed));
    }
    auto ended = work(*options);
    if (ended && failed_)
        if (const auto kept = failed_->commit(); !kept) ended = std::unexpected(kept.error());
    return ended ? *ended : report(output_, ended.error());
}

Result<Exit> Run::work(const Options& options) {
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
    auto connection = Connection::open();
    if (!connection) return std::unexpected(connection.error());
    const Output::Hidden hidden(output_, (*connection)->token_secret());
    if (options.dry_run)
        return dry_run(action_, options.given, *input, (*connection)->node(), output_);
    const auto end = lines(options, **connection, input);
    if (!end) return std::unexpected(end.error());
    return end->exit;
}

Exit Run::under_legacy_name(const Legacy& call) {
    if (call.asks_for_help()) {
        output_.put(help_of(action_, call.name));
        return Exit::line_failed;
    }
    if (Legacy::is_forced_off()) return hand_over(call, nullptr);
    auto opened = Connection::open();
    // Whoever states a policy of trust that cannot be read does not mean none at all.
    if (!opened && opened.error().exit == Exit::tls_identity)
        return report(output_, opened.error());
    if (!opened) return hand_over(call, &opened.error());
    Connection& connection = **opened;
    const Output::Hidden hidden(output_, connection.token_secret());
    const auto reached = connection.prefetch(reachability_request(action_, connection.node()));
    // The slow path would send the same token to whoever it is that answers there.
    if (!reached && reached.error().exit == Exit::tls_identity) {
        output_.trace(
            "TLS identity refused, not falling back; set RANGE42_PROXMOX_API_FORCE=off "
            "to use ansible");
        return report(output_, reached.error());
    }
    if (!reached) return hand_over(call, &reached.error());
    if (call.announces()) output_.trace(call.notice_of_delegation());

    const auto options = parse_legacy_arguments(action_, call);
    const auto compiled = options ? compile_filter(*options) : std::unexpected(options.error());
    if (!compiled) return refuse(call, compiled.error());
    if (input_for(*options) != nullptr && isatty(STDIN_FILENO) == 1)
        return refuse(call, {Exit::line_failed, Legacy::notice_of_terminal(action_)});
    const auto end = lines(*options, connection, input_for(*options));
    if (!end) return legacy_exit(report(output_, end.error()));
    return legacy_exit(*end);
}

Exit Run::refuse(const Legacy& call, const Error& error) {
    output_.upstream_error(error.message, help_of(action_, call.name));
    return legacy_exit(error.exit);
}

Outcome Run::compile_filter(const Options& options) {
    if (!options.filter) return {};
    auto filter = Filter::compile(*options.filter);
    if (!filter) return std::unexpected(filter.error());
    filter_.emplace(std::move(*filter));
    return {};
}

Plan Run::plan_for(const Action& action, const std::string& tag, const Options& options,
                   const Connection& connection) const {
    return {.action = action,
            .node = connection.node(),
            .host_and_port = connection.host_and_port(),
            .user = connection.user(),
            .wait = options.timeout.value_or(action.wait),
            .form = options.form.value_or(Form::json),
            .filter = filter_ ? &*filter_ : nullptr,
            .given = options.given,
            .carries = options.carries,
            .required_tag = tag,
            .is_guarded = action.guard == Guard::always ||
                          (action.guard == Guard::on_request && !tag.empty()),
            .range = options.range,
            .keeps_journal = !options.journal_path.empty(),
            .rolls_back = options.rolls_back,
            .is_asynchronous = options.is_asynchronous,
            .gives_advice = !options.is_legacy,
            .prints_failures = options.prints_failures,
            .seed = static_cast<std::uint64_t>(getpid())};
}

Result<RunEnd> Run::lines(const Options& options, Connection& connection, LineReader* input) {
    for (const std::string& warning : connection.warnings()) output_.warning(warning);
    Action action = action_;
    if (options.nodes_from_stdin) action.input = node_lines;
    const bool makes = !action.new_id.empty();
    const bool needs_tag = action.guard != Guard::none || makes;
    const std::string tag = needs_tag ? environment(guard_variable) : "";
    const Plan plan = plan_for(action, tag, options, connection);
    std::unique_ptr<Equipment> equipment;
    if (makes) {
        auto opened = Equipment::open(plan, options.journal_path);
        if (!opened) return std::unexpected(opened.error());
        equipment = std::move(*opened);
    }
    signals_.catch_ends();
    if (action.act.method != Method::none) expect_changes();
    // A task that is merely awaited takes nobody's place; what is taken back goes one by one.
    const auto jobs = static_cast<std::size_t>(action.awaits           ? jobs_limit
                                               : action.goes_backwards ? 1
                                                                       : options.jobs);
    Pipeline pipeline(plan, jobs, connection.transfers(), output_, signals_);
    if (equipment) pipeline.equip(*equipment);
    ProgressLine progress(output_, options.progress);
    pipeline.show_progress(progress);
    if (failed_) pipeline.keep_failed(*failed_);
    if (auto known = connection.take_prefetched())
        pipeline.know(known->first, std::move(known->second));
    if (action.takes_every_vm)
        pipeline.add_every_vm(options.whole_cluster);
    else if (input == nullptr)
        add_nodes(pipeline, options, plan.node);
    if (action.goes_backwards) {
        auto backwards = read_backwards(*input, action.input);
        if (!backwards) return std::unexpected(backwards.error());
        for (const std::string& note : backwards->notes) output_.trace(note);
        for (Record& record : backwards->records) pipeline.add(std::move(record));
        input = nullptr;
    }
    const RunEnd end = pipeline.run(input);
    if (failed_)
        if (const auto kept = failed_->commit(); !kept) return std::unexpected(kept.error());
    if (const Error& refusal = connection.trust().refusal(); !refusal.message.empty())
        return std::unexpected(refusal);
    return end;
}

/// The slow path gets our place: arguments and input as they came. Why is not said, since upstream
/// does not, unless there is no slow path or the user wants to be told.
Exit Run::hand_over(const Legacy& call, const Error* reason) {
    const auto fallback = find_fallback(call.shim_path);
    if (reason != nullptr && (!fallback || Legacy::is_strict())) output_.error(*reason);
    if (!fallback) {
        output_.error(fallback.error());
        return legacy_exit(reason == nullptr ? fallback.error().exit : reason->exit);
    }
    if (reason != nullptr && call.announces()) output_.trace(Legacy::notice_of_fallback);
    signals_.restore();
    unharden_process();
    const Error failed = exec_fallback(*fallback, call.arguments.data(), reason != nullptr);
    return legacy_exit(report(output_, failed));
}

Exit run_as_called(const Action& action, std::span<char*> arguments, Output& output,
                   Signals& signals) {
    Run run(action, output, signals);
    if (const auto call = legacy_call(arguments)) return run.under_legacy_name(*call);
    return run.under_own_name(arguments.subspan(1));
}

}  // namespace

int run(const Action& action, int argc, char** argv) {
    begin_timings();
    const bool has_stdout = harden_process();
    Signals signals;
    Output output{std::string(action.tool)};
    if (action.input.empty()) output.guard_quotes();
    Exit exit = Exit::write_failed;
    if (!has_stdout)
        report(output, fail_errno(exit, "write error", EBADF).error());
    else
        exit =
            run_as_called(action, std::span(argv, static_cast<std::size_t>(argc)), output, signals);
    if (output.is_broken()) {
        exit = worse(exit, Exit::write_failed);
        if (output.broken_by() != EPIPE || !signals.pipe_is_fatal())
            report(output, fail_errno(exit, "write error", output.broken_by()).error());
    }
    if (timings_wanted()) output.account("where the time went", timings_text());
    end_process(exit, output, signals);
}

}  // namespace proxmox
