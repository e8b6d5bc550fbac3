// A tool's work on its lines, over a connection that is open: what each way to it has in common.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/line_work.h"

#include <algorithm>
#include <memory>

#include "edge/references.h"
#include "factory/backwards.h"
#include "factory/newcomer.h"
#include "process/process.h"
#include "stage/guard.h"
#include "stage/opening.h"

namespace proxmox {
namespace {

/// Lines that name nodes instead of guests.
constexpr List<Input> node_lines{{"proxmox_node", Type::node, required}};

}  // namespace

Outcome LineWork::compile_filter(const Options& options) {
    if (!options.filter) return {};
    auto filter = Filter::compile(*options.filter);
    if (!filter) return std::unexpected(filter.error());
    filter_.emplace(std::move(*filter));
    return {};
}

Outcome LineWork::open_failed(const Options& options) {
    if (options.failed_path.empty()) return {};
    const bool has_secrets = std::ranges::any_of(keys_, is_hidden, &Input::type);
    auto failed = FailedLines::open(options.failed_path, has_secrets);
    if (!failed) return std::unexpected(failed.error());
    failed_.emplace(std::move(*failed));
    return {};
}

Outcome LineWork::commit_failed() { return failed_ ? failed_->commit() : Outcome(); }

Run LineWork::settle(const Options& options, const Connection& connection) {
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

Outcome LineWork::add_lines(Shift& shift, const Run& run, const Options& options,
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

Result<RunEnd> LineWork::work(const Options& options, Connection& connection) {
    LineReader* const input = input_for(options);
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
    if (const auto kept = commit_failed(); !kept) return std::unexpected(kept.error());
    if (const Error& refusal = connection.trust().refusal(); !refusal.message.empty())
        return std::unexpected(refusal);
    return end;
}

}  // namespace proxmox
