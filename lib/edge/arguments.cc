// The command line, understood before anything is opened or read.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: every option is understood in one place, before anything is opened.
#include "edge/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "api/config.h"
#include "base/escape.h"
#include "edge/manual.h"
#include "json/json.h"
#include "line/grammar.h"

namespace proxmox {
namespace {

/// Further away than this, a suggestion would be a guess.
constexpr std::size_t farthest_suggestion = 3;

std::unexpected<Error> misuse(const Tool& tool, std::string message) {
    return fail(Exit::usage, std::move(message), fmt::format("see {} --help", tool.name));
}

/// Insertions, deletions and replacements that lead from one word to the other.
std::size_t distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> row(right.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t at = 0; at < left.size(); ++at) {
        std::size_t diagonal = row[0];
        row[0] = at + 1;
        for (std::size_t to = 0; to < right.size(); ++to) {
            const std::size_t replaced = diagonal + (left[at] == right[to] ? 0 : 1);
            diagonal = row[to + 1];
            row[to + 1] = std::min({replaced, row[to] + 1, diagonal + 1});
        }
    }
    return row.back();
}

std::unexpected<Error> unknown_option(const Tool& tool, std::string_view given) {
    std::string_view nearest;
    std::size_t least = farthest_suggestion + 1;
    for (const OptionText& option : options_of(tool)) {
        const std::size_t away = distance(given, option.name);
        if (away < least) {
            least = away;
            nearest = option.name;
        }
    }
    std::string message = fmt::format("unknown option {}", escape(given));
    if (!nearest.empty()) message += fmt::format(", did you mean {}?", nearest);
    return misuse(tool, std::move(message));
}

/// "A:B", both of them VM ids.
Outcome take_range(const Tool& tool, Options& options, std::string_view value) {
    const std::size_t colon = std::min(value.find(':'), value.size());
    const std::string_view lowest = value.substr(0, colon);
    const std::string_view highest = colon < value.size() ? value.substr(colon + 1) : "";
    if (!is_vm_id(lowest) || !is_vm_id(highest) ||
        *json::integer_of(lowest) > *json::integer_of(highest))
        return misuse(
            tool, fmt::format("--range takes two VM ids, LOWEST:HIGHEST, not {}", escape(value)));
    options.range = IdRange{*json::integer_of(lowest), *json::integer_of(highest)};
    return {};
}

Result<std::int64_t> number_in(const Tool& tool, std::string_view name, std::string_view text,
                               std::int64_t most) {
    const auto number = json::integer_of(text);
    if (!number || *number < 1 || *number > most)
        return misuse(
            tool, fmt::format("{} takes a number from 1 to {}, not {}", name, most, escape(text)));
    return *number;
}

/// A value is judged as it would be on a line.
Outcome take_setting(const Tool& tool, Options& options, const Setting& setting,
                     std::string_view value) {
    const std::vector<Input> keys = keys_of(tool.lines);
    const auto input = std::ranges::find(keys, setting.key, &Input::key);
    if (value.empty() || (input != keys.end() && !is_of(input->type, value)))
        return misuse(tool, fmt::format("{}: not {}: {}", setting.option,
                                        input == keys.end() ? "a text" : name_of(input->type),
                                        escape(value)));
    const auto given = std::ranges::find(options.given, setting.key, &Given::key);
    const std::string before = given == options.given.end() ? "" : given->value;
    if (given != options.given.end()) options.given.erase(given);
    if (input == keys.end() || input->type != Type::object) {
        options.given.push_back({setting.key, std::string(value), setting.overrules});
        return {};
    }
    const std::size_t equals = value.find('=');
    if (equals == std::string_view::npos || equals == 0)
        return misuse(
            tool, fmt::format("{} takes {}, not {}", setting.option, setting.value, escape(value)));
    Carried members;
    if (const auto object = json::Document::parse(before)) members.take(object->root());
    std::string text;
    json::write_string(text, value.substr(equals + 1));
    members.set(value.substr(0, equals), std::move(text));
    options.given.push_back({setting.key, members.text(), setting.overrules});
    return {};
}

Outcome take_progress(const Tool& tool, Options& options, std::string_view value) {
    if (value != "auto" && value != "always" && value != "never")
        return misuse(tool,
                      fmt::format("--progress takes auto, always or never, not {}", escape(value)));
    options.progress = value == "auto"     ? ShowProgress::automatic
                       : value == "always" ? ShowProgress::always
                                           : ShowProgress::never;
    return {};
}

Outcome take_value(const Tool& tool, Options& options, std::string_view name,
                   std::string_view value) {
    if (name == "--node") {
        if (!is_node_name(value))
            return misuse(tool, fmt::format("--node: not a node name: {}", escape(value)));
        options.nodes.emplace_back(value);
        return {};
    }
    if (name == "--range") return take_range(tool, options, value);
    if (name == "--journal") {
        if (value.empty()) return misuse(tool, "--journal needs the name of a file");
        options.journal_path = value;
        return {};
    }
    if (name == describe_option) {
        if (!description_of(tool, value))
            return misuse(tool, fmt::format("{}: no such aspect: {}", name, escape(value)));
        options.wish = Wish::describe;
        options.aspect = value;
        return {};
    }
    for (const Setting& setting : tool.lines.settings)
        if (setting.option == name) return take_setting(tool, options, setting, value);
    if (name == "--failed") {
        if (value.empty()) return misuse(tool, "--failed needs the name of a file");
        options.failed_path = value;
        return {};
    }
    if (name == "--progress") return take_progress(tool, options, value);
    if (name == "--results") {
        if (value != "all" && value != "done")
            return misuse(tool, fmt::format("--results takes done or all, not {}", escape(value)));
        options.prints_failures = value == "all";
        return {};
    }
    const bool is_jobs = name == "--jobs";
    const auto number = number_in(tool, name, value, is_jobs ? jobs_limit : timeout_limit_s);
    if (!number) return std::unexpected(number.error());
    if (is_jobs)
        options.jobs = *number;
    else
        options.timeout = seconds(*number);
    return {};
}

Outcome take_flag(const Tool& tool, Options& options, std::string_view name) {
    if (name == "--help" || name == "-h") options.wish = Wish::help;
    if (name == "--version") options.wish = Wish::version;
    if (name == "--text" || name == "--json") {
        const Form form = name == "--text" ? Form::text : Form::json;
        if (options.form.value_or(form) != form)
            return misuse(tool, "--json and --text exclude one another");
        options.form = form;
    }
    if (name == "--async") options.is_asynchronous = true;
    if (name == "--nodes-from-stdin") options.nodes_from_stdin = true;
    if (name == "--cluster") options.whole_cluster = true;
    if (name == "--dry-run") options.dry_run = true;
    if (name == "--timings") options.timings = true;
    if (name == "--rollback") options.rolls_back = true;
    if (name == carry_option) options.carry = Carry::all;
    if (name == no_carry_option) options.carry = Carry::none;
    for (const Setting& setting : tool.lines.settings)
        if (setting.option == name) return take_setting(tool, options, setting, "1");
    for (const Choice& choice : tool.choices) {
        if (choice.name != name) continue;
        if (!options.choice.empty() && options.choice != name)
            return misuse(
                tool, fmt::format("{} and {} exclude one another", options.choice, choice.name));
        options.choice = choice.name;
    }
    return {};
}

/// "FILE TARGET" are two; "COMMAND..." is any number.
std::size_t operands_of(const Tool& tool) {
    if (tool.operands.called.ends_with("...")) return std::string::npos;
    return static_cast<std::size_t>(std::ranges::count(tool.operands.called, ' ')) + 1;
}

Outcome take_operand(const Tool& tool, Options& options, std::string_view operand) {
    if (!tool.operands.called.empty()) {
        if (options.operands.size() == operands_of(tool))
            return misuse(tool, fmt::format("more than {}", tool.operands.called));
        options.operands.emplace_back(operand);
        return {};
    }
    if (tool.prints.filter.empty()) {
        const bool is_id = is_vm_id(operand);
        return misuse(tool, fmt::format("unexpected argument {}{}", escape(operand),
                                        is_id ? ": ids are read from stdin" : ""));
    }
    if (options.filter) return misuse(tool, "more than one FILTER");
    options.filter = operand;
    return {};
}

/// A name that is excluded begins with a dash as an option does, but with one only.
bool is_operand(const Tool& tool, std::string_view argument) {
    if (argument == "-" || !argument.starts_with('-')) return true;
    return tool.operands.called.starts_with("[-]") && !argument.starts_with("--") &&
           argument != "-h";
}

}  // namespace

void add_defaults(const Tool& tool, std::vector<Given>& given) {
    for (const Setting& setting : tool.lines.settings)
        if (!setting.otherwise.empty() &&
            std::ranges::find(given, setting.key, &Given::key) == given.end())
            given.push_back({setting.key, std::string(setting.otherwise)});
}

Outcome take_environment(const Tool& tool, Options& options) {
    const std::string jobs = environment(jobs_variable);
    if (jobs.empty()) return {};
    const auto number = number_in(tool, jobs_variable, jobs, jobs_limit);
    if (!number) return std::unexpected(number.error());
    options.jobs = *number;
    return {};
}

Result<Options> parse_arguments(const Tool& tool, std::span<char* const> arguments) {
    Options options{.carry = tool.prints.carries ? Carry::all : Carry::plans};
    if (const auto taken = take_environment(tool, options); !taken)
        return std::unexpected(taken.error());
    std::vector<OptionText> known = options_of(tool);
    known.push_back({describe_option, "ASPECT", "for programs, not for people"});
    if (has_keys(tool) && tool.prints.rows != Rows::none)
        known.push_back({tool.prints.carries ? carry_option : no_carry_option, "", ""});
    bool only_operands = false;
    for (std::size_t at = 0; at < arguments.size(); ++at) {
        const std::string_view argument = arguments[at];
        Outcome taken;
        if (only_operands || is_operand(tool, argument)) {
            taken = take_operand(tool, options, argument);
        } else if (argument == "--") {
            only_operands = true;
        } else if (argument == "-h") {
            taken = take_flag(tool, options, argument);
        } else {
            const std::string_view name = argument.substr(0, argument.find('='));
            const auto option = std::ranges::find(known, name, &OptionText::name);
            const bool has_value = name.size() < argument.size();
            if (option == known.end()) {
                taken = unknown_option(tool, name);
            } else if (option->value.empty()) {
                if (has_value)
                    taken = misuse(tool, fmt::format("{} takes no value", name));
                else
                    taken = take_flag(tool, options, option->name);
            } else if (has_value) {
                taken = take_value(tool, options, name, argument.substr(name.size() + 1));
            } else if (at + 1 < arguments.size()) {
                taken = take_value(tool, options, name, arguments[++at]);
            } else {
                taken = misuse(tool, fmt::format("{} needs a value", name));
            }
        }
        if (!taken) return std::unexpected(taken.error());
    }
    if (const std::string conflict = conflict_of(options); !conflict.empty())
        return misuse(tool, conflict);
    add_defaults(tool, options.given);
    return options;
}

}  // namespace proxmox
