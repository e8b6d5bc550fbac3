// The edge: the order in which a run comes to be, what is said when it cannot go on, and its end.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <span>

#include "arguments.h"
#include "config.h"
#include "help.h"
#include "known_keys.h"
#include "pipeline.h"
#include "process.h"

namespace proxmox {
namespace {

/// Lines that name nodes instead of VMs.
constexpr List<Input, 16> node_lines{{"proxmox_node", Type::node, required}};

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

Exit run_with(Workspace workspace, const Plan& plan, const Options& options, LineReader* input,
              Output& output, Signals& signals) {
    Trust trust(std::move(workspace.trust), workspace.endpoint.host_and_port, known_keys_path());
    auto transfers = Transfers::open(std::move(workspace.endpoint), trust);
    if (!transfers) return report(output, transfers.error());
    signals.catch_ends();
    Pipeline pipeline(plan, static_cast<std::size_t>(options.jobs), **transfers, output, signals);
    if (input == nullptr) add_nodes(pipeline, options, plan.node);
    const RunEnd end = pipeline.run(input);
    if (!trust.refusal().message.empty()) return report(output, trust.refusal());
    return end.exit;
}

Exit run_lines(const Action& action, const Options& options, Output& output, Signals& signals) {
    std::optional<Filter> filter;
    if (options.filter) {
        auto compiled = Filter::compile(*options.filter);
        if (!compiled) return report(output, compiled.error());
        filter.emplace(std::move(*compiled));
    }
    LineReader input(STDIN_FILENO);
    const bool reads_stdin = !action.input.empty() || options.nodes_from_stdin;
    if (reads_stdin && isatty(STDIN_FILENO) == 1)
        return report(output, {Exit::line_failed, "no input on stdin",
                               "pipe VM ids or JSON lines into it; see --help"});
    // Where there is no line there is nothing to open a vault for.
    if (reads_stdin && !input.await_content()) return Exit::ok;

    auto workspace = open_workspace();
    if (!workspace) return report(output, workspace.error());
    for (const std::string& warning : workspace->warnings) output.warning(warning);
    Action lines_action = action;
    if (options.nodes_from_stdin) lines_action.input = node_lines;
    const Plan plan{.action = lines_action,
                    .node = workspace->node,
                    .user = workspace->user,
                    .wait = options.timeout.value_or(action.wait),
                    .form = options.form,
                    .filter = filter ? &*filter : nullptr,
                    .seed = static_cast<std::uint64_t>(getpid())};
    return run_with(std::move(*workspace), plan, options, reads_stdin ? &input : nullptr, output,
                    signals);
}

Exit run_arguments(const Action& action, std::span<char*> arguments, bool has_stdout,
                   Output& output, Signals& signals) {
    const auto options = parse_arguments(action, arguments);
    if (!options) return report(output, options.error());
    if (!has_stdout)
        return report(output, fail_errno(Exit::write_failed, "write error", EBADF).error());
    switch (options->wish) {
        case Wish::help: output.put(help_of(action)); return Exit::ok;
        case Wish::version: output.put(version_of(action)); return Exit::ok;
        case Wish::run: break;
    }
    return run_lines(action, *options, output, signals);
}

}  // namespace

int run(const Action& action, int argc, char** argv) {
    const bool has_stdout = harden_process();
    Signals signals;
    Output output{std::string(action.tool)};
    if (action.input.empty()) output.guard_quotes();
    Exit exit = run_arguments(action, std::span(argv, static_cast<std::size_t>(argc)).subspan(1),
                              has_stdout, output, signals);
    if (output.is_broken()) {
        exit = worse(exit, Exit::write_failed);
        if (output.broken_by() != EPIPE || !signals.pipe_is_fatal())
            report(output, fail_errno(exit, "write error", output.broken_by()).error());
    }
    end_process(exit, output, signals);
}

}  // namespace proxmox
