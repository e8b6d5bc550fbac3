// What a tool says of itself, made from its Tool.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "edge/arguments.h"
#include "edge/exit_texts.h"
#include "edge/legacy.h"
#include "edge/manual.h"
#include "line/grammar.h"
#include "version.h"

namespace proxmox {
namespace {

constexpr std::ptrdiff_t screen_lines = 24;
constexpr std::size_t screen_columns = 80;
/// Where the meaning of a word begins.
constexpr std::size_t word_columns = 19;

std::string meaning_line(std::string_view word, std::string_view meaning,
                         std::size_t columns = word_columns) {
    return fmt::format("  {:<{}} {}\n", word, columns, meaning);
}

std::string exit_codes() {
    std::string text;
    std::string line = "Exit:";
    for (const ExitText& exit : exit_texts) {
        const bool is_last = exit.exit == exit_texts.back().exit;
        const std::string word = fmt::format(" {} {}{}", static_cast<int>(exit.exit), exit.meaning,
                                             is_last ? "\n" : ",");
        if (line.size() + word.size() > screen_columns) text += std::exchange(line, " ") + '\n';
        line += word;
    }
    return text + line;
}

constexpr std::string_view legacy_exit_codes =
    "Exit codes: 0 done, 1 not a single line succeeded; RANGE42_PROXMOX_STRICT=1 asks for\n"
    "those of the tool. RANGE42_PROXMOX_API_FORCE=off takes the ansible path.\n";

std::string usage_of(const Tool& tool, std::string_view name, std::string_view options) {
    std::string usage = fmt::format("Usage: {}", name);
    if (!tool.operands.called.empty()) usage += fmt::format(" [{}]", tool.operands.called);
    usage += fmt::format("{} {}", tool.prints.filter.empty() ? "" : " [FILTER]", options);
    return usage + (!has_keys(tool) && tool.lines.described.empty() ? "\n" : " < lines\n");
}

std::string input_of(const Tool& tool) {
    if (!tool.lines.described.empty())
        return fmt::format("Each line on stdin is {}.\n", tool.lines.described);
    if (!has_keys(tool)) return {};
    const std::vector<Input> inputs = keys_of(tool.lines);
    std::size_t columns = word_columns;
    for (const Input& input : inputs) columns = std::max(columns, input.key.size());
    std::string text = fmt::format("Each line on stdin is {} or a JSON object with:\n",
                                   name_of(inputs.front().type));
    for (const Input& input : inputs) {
        const std::string_view presence = input.presence == Presence::required ? "" : ", optional";
        if (input.key != whole_line)
            text += meaning_line(input.key, fmt::format("{}{}", name_of(input.type), presence),
                                 columns);
    }
    return text;
}

std::string term_lines(const Tool& tool) {
    std::string text = (tool.operands.terms.size() == 0) ? "" : "\n";
    for (const Choice& term : tool.operands.terms) text += meaning_line(term.name, term.meaning);
    return text;
}

/// Pairs stand on one line, so that the help fits a screen; the manual page has all.
std::string option_lines(const Tool& tool) {
    std::string text = "\nOptions:\n";
    for (const OptionText& option : options_of(tool)) {
        const bool is_for_experts = option.name == "--timings" || option.name == carry_option;
        if (is_for_experts || option.name == "--json" || option.name == "--help") continue;
        if (option.name == "--text" && tool.prints.rows != Rows::none)
            text +=
                meaning_line("--json, --text", option.meaning.ends_with("(default)")
                                                   ? "print JSON lines, or text to read (default)"
                                                   : "print JSON lines (default), or text to read");
        else if (option.name == "--version")
            text += meaning_line("--help, --version", "print this, or the version");
        else
            text += meaning_line(fmt::format("{} {}", option.name, option.value), option.meaning);
    }
    if (!tool.prints.filter.empty())
        text += meaning_line(
            "FILTER", fmt::format("regular expression on {}, in any case", tool.prints.filter));
    return text;
}

/// The words one after another, a screen's width on each line.
std::string wrapped(const std::vector<std::string>& words) {
    std::string text;
    std::string line = " ";
    for (const std::string& word : words) {
        if (line.size() + 1 + word.size() > screen_columns) text += std::exchange(line, " ") + '\n';
        line += ' ' + word;
    }
    return text + line + '\n';
}

/// Where all of it would not fit a screen: the keys and options by name, and who explains them.
std::string short_form(const Tool& tool) {
    const std::vector<Input> inputs = keys_of(tool.lines);
    std::vector<std::string> keys;
    for (const Input& input : inputs)
        keys.push_back(input.presence == Presence::required ? std::string(input.key)
                                                            : fmt::format("[{}]", input.key));
    std::vector<std::string> options;
    for (const OptionText& option : options_of(tool)) {
        const std::string_view blank = option.value.empty() ? "" : " ";
        options.push_back(fmt::format("{}{}{}", option.name, blank, option.value));
    }
    return fmt::format(
        "Each line on stdin is {} or a JSON object with:\n{}\nOptions:\n{}"
        "Each is explained by: man {}\n",
        name_of(inputs.front().type), wrapped(keys), wrapped(options), tool.name);
}

std::string version_of(const Tool& tool) {
    return fmt::format("{} (range42-fastpath) {}\n", tool.name, version);
}

}  // namespace

std::string help_of(const Tool& tool) {
    const std::string usage = usage_of(tool, tool.name, "[OPTION]...");
    const std::string head = fmt::format("{}{}\n", usage, tool.summary);
    const std::string tail = fmt::format("\n{}Example:\n  {}\n", exit_codes(), tool.example);
    std::string text = head + input_of(tool) + term_lines(tool) + option_lines(tool) + tail;
    if (std::ranges::count(text, '\n') > screen_lines && has_keys(tool))
        return head + short_form(tool) + tail;
    return text;
}

std::string help_of(const Tool& tool, std::string_view legacy_name) {
    std::string example(tool.example);
    // Where a tool has to be told whose manners are meant, a legacy name says it.
    for (const std::string& own :
         {fmt::format("{} {}", tool.name, as_devkit_option), std::string(tool.name)})
        if (const auto at = example.rfind(own); at != std::string::npos)
            example.replace(at, own.size(), legacy_name);
    return usage_of(tool, legacy_name, tool.prints.rows == Rows::none ? "" : "[--json|--text]") +
           fmt::format("{}; this is {} under its legacy name\n{}", tool.summary, tool.name,
                       input_of(tool)) +
           fmt::format("\n{}\nExample:\n  {}\n", legacy_exit_codes, example);
}

std::string words_for(const Tool& tool, const Options& options) {
    if (options.wish == Wish::version) return version_of(tool);
    if (options.wish == Wish::describe) return *description_of(tool, options.aspect);
    return help_of(tool);
}

}  // namespace proxmox
