// Lines that a selection lets pass, byte for byte; the node is asked once, and only if it must be.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <unistd.h>

#include <map>
#include <optional>

#include "base/escape.h"
#include "edge/edge.h"
#include "edge/open_connection.h"
#include "json/json.h"
#include "line/grammar.h"
#include "line/record.h"
#include "line/selection.h"

namespace proxmox {
namespace {

constexpr std::string_view everything_path = "/cluster/resources?type=vm";

std::optional<std::string> text_at(const json::Value& object, std::string_view key) {
    const json::Value value = object[key];
    if (!value.is(json::Kind::string)) return std::nullopt;
    return std::string(value.text());
}

/// What the line itself says of its VM.
VmFacts facts_on(const InputLine& line, const Record& record) {
    VmFacts vm{.id = json::integer_of(record["vm_id"]).value_or(0)};
    const auto document = json::Document::parse(line.text);
    if (!document) return vm;
    const json::Value object = document->root();
    vm.name = text_at(object, "vm_name");
    vm.status = text_at(object, "vm_status");
    vm.tags = text_at(object, "vm_tags");
    return vm;
}

/// All VMs of the cluster, as the node lists them in one answer.
using Inventory = std::map<std::int64_t, VmFacts>;

Result<Inventory> ask_inventory(Output& output) {
    auto connection = open_connection(output);
    if (!connection) return std::unexpected(connection.error());
    const Output::Hidden hidden(output, (*connection)->token_secret());
    const auto reached = (*connection)->prefetch({.path = std::string(everything_path)});
    if (!reached)
        return fail(reached.error().exit, output.shown(reached.error().message),
                    output.shown(reached.error().remedy));
    auto answer = (*connection)->take_prefetched();
    Inventory inventory;
    const auto read = json::each_row(answer->second.body, [&](const json::Value& row) -> Outcome {
        const std::int64_t id = row["vmid"].integer().value_or(0);
        inventory[id] = {.id = id,
                         .name = std::string(row["name"].text()),
                         .status = std::string(row["status"].text()),
                         .tags = std::string(row["tags"].text()),
                         .pool = std::string(row["pool"].text())};
        return {};
    });
    if (!read) return std::unexpected(read.error());
    return inventory;
}

/// One run of the filter.
class Sieve {
  public:
    Sieve(std::vector<Input> keys, Selection selection, Output& output)
        : keys_(std::move(keys)), selection_(std::move(selection)), output_(output) {}

    Result<Exit> run();

  private:
    Outcome take(const InputLine& line);
    Result<Judgement> judge(const InputLine& line, const Record& record);
    void drop(const InputLine& line, std::string_view why);

    const std::vector<Input> keys_;
    Selection selection_;
    Output& output_;
    std::optional<Inventory> inventory_;
    std::string passed_;
    Exit exit_ = Exit::ok;
};

Result<Exit> Sieve::run() {
    LineReader input(STDIN_FILENO);
    Outcome taken;
    while (taken && !output_.is_broken() && !input.exhausted()) {
        while (taken) {
            const auto line = input.next();
            if (!line) break;
            taken = take(*line);
        }
        // What has come is handed on before more is waited for.
        output_.put(std::exchange(passed_, {}));
        if (taken && !input.exhausted()) taken = input.fill();
    }
    if (!taken) return std::unexpected(taken.error());
    for (const std::string& term : selection_.idle_terms())
        output_.trace(fmt::format("no line is meant by {}", escape(term)));
    return exit_;
}

Outcome Sieve::take(const InputLine& line) {
    const auto record = parse_record(line, keys_);
    if (!record) {
        drop(line, record.error().message);
        return {};
    }
    if (!*record) return {};
    const auto judgement = judge(line, **record);
    if (!judgement) return std::unexpected(judgement.error());
    if (*judgement == Judgement::unknown) drop(line, "the node does not know this VM");
    if (*judgement != Judgement::yes) return {};
    passed_ += line.text;
    if (line.has_newline) passed_ += '\n';
    return {};
}

Result<Judgement> Sieve::judge(const InputLine& line, const Record& record) {
    VmFacts vm = facts_on(line, record);
    const Judgement first = selection_.judge(vm);
    if (first != Judgement::unknown) return first;
    if (!inventory_) {
        auto asked = ask_inventory(output_);
        if (!asked) return std::unexpected(asked.error());
        inventory_ = std::move(*asked);
    }
    const auto known = inventory_->find(vm.id);
    if (known == inventory_->end()) return Judgement::unknown;
    const auto complete = [](auto& fact, const auto& other) {
        if (!fact) fact = other;
    };
    complete(vm.name, known->second.name);
    complete(vm.status, known->second.status);
    complete(vm.tags, known->second.tags);
    vm.pool = known->second.pool;
    return selection_.judge(vm);
}

void Sieve::drop(const InputLine& line, std::string_view why) {
    exit_ = Exit::line_failed;
    output_.trace(fmt::format("skip line {}: {}", line.number, why));
}

Result<Exit> pass_selected(const Tool& tool, const Options& options, Output& output) {
    if (options.operands.empty())
        return fail(Exit::usage, "no TERM is given", fmt::format("see {} --help", tool.name));
    auto selection = Selection::parse(options.operands);
    if (!selection) return std::unexpected(selection.error());
    if (isatty(STDIN_FILENO) == 1)
        return fail(Exit::line_failed, "no input on stdin",
                    "pipe VM ids or JSON lines into it; see --help");
    return Sieve(keys_of(tool.lines), std::move(*selection), output).run();
}

}  // namespace

int select_lines(const Tool& tool, int argc, char** argv) {
    return run_work(tool, argc, argv, pass_selected);
}

}  // namespace proxmox
