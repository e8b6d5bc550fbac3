// Lines that a selection lets pass, byte for byte; the node is asked only for what it must be.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <unistd.h>

#include <optional>

#include "base/escape.h"
#include "edge/edge.h"
#include "edge/inventory.h"
#include "json/json.h"
#include "line/grammar.h"
#include "line/record.h"
#include "line/selection.h"

namespace proxmox {
namespace {

constexpr std::string_view not_known = "the node does not know this VM";

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

/// One run of the filter.
class Sieve {
  public:
    Sieve(std::vector<Input> keys, Selection selection, Output& output)
        : keys_(std::move(keys)),
          selection_(std::move(selection)),
          output_(output),
          inventory_(output, selection_.is_about_state()) {}

    Result<Exit> run();

  private:
    Outcome take(const InputLine& line);
    Result<Judgement> judge(const InputLine& line, const Record& record);
    void drop(const InputLine& line, std::string_view why);

    const std::vector<Input> keys_;
    Selection selection_;
    Output& output_;
    Inventory inventory_;
    std::string passed_;
    Exit exit_ = Exit::ok;
};

Result<Exit> Sieve::run() {
    LineReader input(STDIN_FILENO);
    Outcome taken;
    while (taken && !output_.is_broken() && !input.exhausted()) {
        inventory_.forget_what_is_old();
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
    if (*judgement != Judgement::yes) return {};
    passed_ += line.text;
    if (line.has_newline) passed_ += '\n';
    return {};
}

/// Asked is only what is needed, and what cannot be told is dropped.
Result<Judgement> Sieve::judge(const InputLine& line, const Record& record) {
    const auto unknown = [&](std::string_view why) {
        drop(line, why);
        return Judgement::no;
    };
    VmFacts vm = facts_on(line, record);
    if (const Judgement first = selection_.judge(vm); first != Judgement::unknown) return first;
    const auto place = inventory_.place_of(vm.id);
    if (!place) return std::unexpected(place.error());
    if (*place == nullptr) return unknown(not_known);
    vm.pool = (*place)->pool;
    if (const Judgement second = selection_.judge(vm); second != Judgement::unknown) return second;
    // Another node may be down, and its machines with it; those of the others are still told.
    const auto facts = inventory_.facts_of(vm.id, **place);
    if (!facts) return unknown(facts.error().message);
    if (*facts == nullptr) return unknown(not_known);
    const auto complete = [](auto& fact, const auto& other) {
        if (!fact) fact = other;
    };
    complete(vm.name, (*facts)->name);
    complete(vm.status, (*facts)->status);
    complete(vm.tags, (*facts)->tags);
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
