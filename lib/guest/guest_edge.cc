// The edge of tools that work on guests: their command line, what a run of lines needs, its end.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/guest_edge.h"

#include <unistd.h>

#include <cerrno>
#include <span>
#include <utility>

#include "api/connection.h"
#include "edge/help.h"
#include "trust/openssl_start.h"
#include "edge/process.h"
#include "base/timings.h"

namespace proxmox {
namespace {

Exit report(Output& output, const Error& error) {
    output.error(error);
    return error.exit;
}

Exit run_lines(const Action& action, std::span<char*> arguments, Output& output, Signals& signals,
               const Lines& lines) {
    const auto options = parse_arguments(action, arguments);
    if (!options) return report(output, options.error());
    if (options->wish != Wish::run) {
        output.put(words_for(action, *options));
        return Exit::ok;
    }
    if (options->timings) want_timings();
    LineReader input(STDIN_FILENO);
    if (isatty(STDIN_FILENO) == 1)
        return report(output, {Exit::line_failed, "no input on stdin",
                               "pipe JSON lines into it; see --help"});
    const auto has_content = input.await_content();
    if (!has_content) return report(output, has_content.error());
    if (!*has_content) return Exit::ok;
    const auto end = lines({*options, input, output, signals});
    return end ? end->exit : report(output, end.error());
}

/// Tells what a line would lead to, and does nothing.
class Rehearsal final : public Work {
  public:
    explicit Rehearsal(std::unique_ptr<Rehearsable> work) : work_(std::move(work)) {}
    Step begin(const Moment&) override { return Ending{.output = work_->rehearsal()}; }
    Step woken(const Moment&) override { return Ending{}; }
    const Record& record() const override { return work_->record(); }
    bool has_open_change() const override { return false; }
    bool awaits_reply_of_change() const override { return false; }
    std::string subject() const override { return work_->subject(); }
    std::string waits_for() const override { return {}; }
    std::string when_cut_short() const override { return "interrupted"; }

  private:
    std::unique_ptr<Rehearsable> work_;
};

/// Shows how far the run is, and keeps the lines that failed if somebody wants them.
Result<RunEnd> run_pipeline(const Plan& plan, const Edge& edge, Transfers& transfers,
                            const RehearsableMaker& make) {
    const Options& options = edge.options;
    edge.signals.catch_ends();
    Pipeline pipeline(plan, static_cast<std::size_t>(options.jobs), transfers, edge.output,
                      edge.signals, [&](const Plan& all, Record record) -> std::unique_ptr<Work> {
                          auto work = make(all, std::move(record));
                          if (!options.dry_run) return work;
                          return std::make_unique<Rehearsal>(std::move(work));
                      });
    ProgressLine progress(edge.output, options.progress);
    pipeline.show_progress(progress);
    if (options.failed_path.empty()) return pipeline.run(&edge.input);
    auto failed = FailedLines::open(options.failed_path);
    if (!failed) return std::unexpected(failed.error());
    pipeline.keep_failed(*failed);
    const RunEnd end = pipeline.run(&edge.input);
    if (const auto kept = failed->commit(); !kept) return std::unexpected(kept.error());
    return end;
}

}  // namespace

int run_edge(const Action& action, int argc, char** argv, const Lines& lines) {
    begin_timings();
    const bool has_stdout = harden_process();
    Signals signals;
    Output output{std::string(action.tool)};
    Exit exit = Exit::write_failed;
    if (!has_stdout)
        report(output, fail_errno(exit, "write error", EBADF).error());
    else
        exit = run_lines(action, std::span(argv, static_cast<std::size_t>(argc)).subspan(1), output,
                         signals, lines);
    if (output.is_broken()) {
        exit = worse(exit, Exit::write_failed);
        if (output.broken_by() != EPIPE || !signals.pipe_is_fatal())
            report(output, fail_errno(exit, "write error", output.broken_by()).error());
    }
    if (timings_wanted()) output.account("where the time went", timings_text());
    end_process(exit, output, signals);
}

Plan plan_of(const Action& action, const Options& options) {
    return {.action = action,
            .wait = options.timeout.value_or(action.wait),
            .form = options.form.value_or(Form::json),
            .given = options.given,
            .carries = options.carries,
            .prints_failures = options.prints_failures,
            .seed = static_cast<std::uint64_t>(getpid())};
}

Result<RunEnd> run_without_api(const Plan& plan, const Edge& edge, const RehearsableMaker& make) {
    start_openssl();
    Trust nobody({.mode = TrustMode::pin, .pins = {}, .authority_file = {}, .server_name = {}}, {},
                 {});
    // Nothing is asked of an API: the transfers only wait.
    auto transfers = Transfers::open({}, nobody);
    if (!transfers) return std::unexpected(transfers.error());
    return run_pipeline(plan, edge, **transfers, make);
}

Result<RunEnd> run_over_api(Plan plan, const Edge& edge, const RehearsableMaker& make) {
    if (const auto active = require_workspace(); !active) return std::unexpected(active.error());
    auto connection = Connection::open();
    if (!connection) return std::unexpected(connection.error());
    const Output::Hidden hidden(edge.output, (*connection)->token_secret());
    for (const std::string& warning : (*connection)->warnings()) edge.output.warning(warning);
    plan.node = (*connection)->node();
    plan.host_and_port = (*connection)->host_and_port();
    plan.user = (*connection)->user();
    auto end = run_pipeline(plan, edge, (*connection)->transfers(), make);
    if (const Error& refusal = (*connection)->trust().refusal(); !refusal.message.empty())
        return std::unexpected(refusal);
    return end;
}

}  // namespace proxmox
