// The edge of tools that work inside machines: what a run needs, its lines, and its end.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <span>

#include "address_job.h"
#include "arguments.h"
#include "connection.h"
#include "escape.h"
#include "guest_job.h"
#include "guest_place.h"
#include "help.h"
#include "openssl_start.h"
#include "pipeline.h"
#include "process.h"
#include "timings.h"

namespace proxmox {
namespace {

/// Gives the run of lines its end, or says why there can be none.
using Lines = std::function<Result<RunEnd>(const Options& options, LineReader& input,
                                           Output& output, Signals& signals)>;

Plan plan_of(const Action& action, const Options& options) {
    return {.action = action,
            .wait = options.timeout.value_or(action.wait),
            .form = options.form.value_or(Form::json),
            .given = options.given,
            .carries = options.carries,
            .prints_failures = options.prints_failures,
            .seed = static_cast<std::uint64_t>(getpid())};
}

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
    const auto end = lines(*options, input, output, signals);
    return end ? end->exit : report(output, end.error());
}

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

/// Tells what a line would lead to, and does nothing.
class Rehearsal final : public Work {
  public:
    Rehearsal(Record record, std::string lines)
        : record_(std::move(record)), lines_(std::move(lines)) {}
    Step begin(const Moment&) override { return Ending{.output = std::move(lines_)}; }
    Step woken(const Moment&) override { return Ending{}; }
    const Record& record() const override { return record_; }
    bool has_open_change() const override { return false; }
    bool awaits_reply_of_change() const override { return false; }
    std::string subject() const override { return std::string(record_["vm_ip"]); }
    std::string waits_for() const override { return {}; }
    std::string when_cut_short() const override { return "interrupted"; }

  private:
    Record record_;
    std::string lines_;
};

/// Shows how far the run is, and keeps the lines that failed if somebody wants them.
Result<RunEnd> run_pipeline(Pipeline& pipeline, const Options& options, LineReader& input,
                            Output& output) {
    ProgressLine progress(output, options.progress);
    pipeline.show_progress(progress);
    if (options.failed_path.empty()) return pipeline.run(&input);
    auto failed = FailedLines::open(options.failed_path);
    if (!failed) return std::unexpected(failed.error());
    pipeline.keep_failed(*failed);
    const RunEnd end = pipeline.run(&input);
    if (const auto kept = failed->commit(); !kept) return std::unexpected(kept.error());
    return end;
}

/// Nothing is asked of an API: the transfers only wait.
Result<RunEnd> run_without_api(const Plan& plan, const Options& options, LineReader& input,
                               Output& output, Signals& signals, const WorkMaker& make_work) {
    start_openssl();
    Trust nobody({.mode = TrustMode::pin, .pins = {}, .authority_file = {}, .server_name = {}}, {},
                 {});
    auto transfers = Transfers::open({}, nobody);
    if (!transfers) return std::unexpected(transfers.error());
    signals.catch_ends();
    Pipeline pipeline(plan, static_cast<std::size_t>(options.jobs), **transfers, output, signals,
                      make_work);
    return run_pipeline(pipeline, options, input, output);
}

Outcome take_operands(GuestRun& run, const Options& options) {
    run.operands = options.operands;
    if (run.step.runs_operands && run.operands.empty())
        return fail(Exit::usage, "there is no command to run",
                    fmt::format("{} -- PROGRAM [ARGUMENT]...", run.plan.action.tool));
    if (!run.step.uploads) return {};
    if (run.operands.size() != 2)
        return fail(Exit::usage, "it takes a file and the place for it",
                    fmt::format("{} FILE TARGET", run.plan.action.tool));
    struct stat status {};
    if (stat(run.operands[0].c_str(), &status) != 0)
        return fail_errno(Exit::usage, escape(run.operands[0]), errno);
    if (!S_ISREG(status.st_mode))
        return fail(Exit::usage, escape(run.operands[0]) + ": not an ordinary file");
    run.file_size = static_cast<std::size_t>(status.st_size);
    return {};
}

Result<RunEnd> run_step(const Action& action, const GuestStep& step, const Options& options,
                        LineReader& input, Output& output, Signals& signals) {
    Plan plan = plan_of(action, options);
    plan.source = "guest-ssh";
    GuestRun run{.plan = plan, .step = step, .remember_keys = keep_host_keys};
    if (const auto taken = take_operands(run, options); !taken)
        return std::unexpected(taken.error());
    const auto given = std::ranges::find(options.given, step.secret_key, &Given::key);
    if (!step.secret_key.empty() && given != options.given.end()) {
        auto secret = secret_in(given->value);
        if (!secret) return std::unexpected(secret.error());
        run.secret = std::move(*secret);
    }
    if (step.needs_secret && run.secret.empty())
        return fail(Exit::usage, "there is no secret", "see --help: it comes from a file");
    const Output::Hidden hidden(output, run.secret.reveal());
    auto place = GuestPlace::make();
    if (!place) return std::unexpected(place.error());
    run.ssh = (*place)->ssh();
    std::uint64_t number = 0;
    return run_without_api(plan, options, input, output, signals,
                           [&](const Plan&, Record record) -> std::unique_ptr<Work> {
                               auto job = std::make_unique<GuestJob>(run, ++number, record);
                               if (!options.dry_run) return job;
                               return std::make_unique<Rehearsal>(std::move(record),
                                                                  job->rehearsal());
                           });
}

Result<RunEnd> run_addresses(const Action& action, const Options& options, LineReader& input,
                             Output& output, Signals& signals) {
    if (const auto active = require_workspace(); !active) return std::unexpected(active.error());
    auto connection = Connection::open();
    if (!connection) return std::unexpected(connection.error());
    const Output::Hidden hidden(output, (*connection)->token_secret());
    for (const std::string& warning : (*connection)->warnings()) output.warning(warning);
    Plan plan = plan_of(action, options);
    plan.node = (*connection)->node();
    plan.host_and_port = (*connection)->host_and_port();
    plan.user = (*connection)->user();
    signals.catch_ends();
    Pipeline pipeline(plan, static_cast<std::size_t>(options.jobs), (*connection)->transfers(),
                      output, signals,
                      [&](const Plan& all, Record record) -> std::unique_ptr<Work> {
                          auto job = std::make_unique<AddressJob>(all, record);
                          if (!options.dry_run) return job;
                          return std::make_unique<Rehearsal>(std::move(record), job->rehearsal());
                      });
    auto end = run_pipeline(pipeline, options, input, output);
    if (const Error& refusal = (*connection)->trust().refusal(); !refusal.message.empty())
        return std::unexpected(refusal);
    return end;
}

}  // namespace

int await_address(const Action& action, int argc, char** argv) {
    return run_edge(
        action, argc, argv,
        [&](const Options& options, LineReader& input, Output& output, Signals& signals) {
            return run_addresses(action, options, input, output, signals);
        });
}

int run_in_guest(const Action& action, const GuestStep& step, int argc, char** argv) {
    return run_edge(
        action, argc, argv,
        [&](const Options& options, LineReader& input, Output& output, Signals& signals) {
            return run_step(action, step, options, input, output, signals);
        });
}

}  // namespace proxmox
