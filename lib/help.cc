// What a tool says of itself, made from its Action.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "help.h"

#include <fmt/format.h>

#include "arguments.h"
#include "exit_texts.h"
#include "grammar.h"
#include "manual.h"
#include "version.h"

namespace proxmox {
namespace {

/// Two columns, so that the help fits a screen.
std::string exit_codes() {
    std::string text = "Exit codes:\n";
    constexpr std::size_t half = exit_texts.size() / 2;
    for (std::size_t at = 0; at < half; ++at) {
        const ExitText& left = exit_texts[at];
        const ExitText& right = exit_texts[at + half];
        text += fmt::format("  {} {:<33}{:>2} {}\n", static_cast<int>(left.exit), left.meaning,
                            static_cast<int>(right.exit), right.meaning);
    }
    return text + "  INT, TERM, PIPE: death by the signal\n";
}

constexpr std::string_view legacy_exit_codes =
    "Exit codes: 0 done, 1 not a single line succeeded; RANGE42_PROXMOX_STRICT=1 asks for\n"
    "those of the tool. RANGE42_PROXMOX_API_FORCE=off takes the ansible path.\n";

std::string usage_of(const Action& action, std::string_view name, std::string_view options) {
    std::string usage = fmt::format("Usage: {}", name);
    if (!action.operand.empty()) usage += fmt::format(" [{}]", action.operand);
    usage += fmt::format("{} {}", action.filter.empty() ? "" : " [FILTER]", options);
    return usage + (action.input.empty() ? "\n" : " < lines\n");
}

std::string input_of(const Action& action) {
    if (action.input.empty()) return {};
    const std::string_view first = name_of(action.input.begin()->type);
    std::string text = fmt::format("\nEach line on stdin is {} or a JSON object with:\n", first);
    for (const Input& input : action.input)
        text += fmt::format("  {:<26} {}{}\n", input.key, name_of(input.type),
                            input.presence == Presence::required ? "" : ", optional");
    return text;
}

std::string option_lines(const Action& action) {
    std::string text = "\nOptions:\n";
    for (const OptionText& option : options_of(action))
        text += fmt::format("  {:<26} {}\n", fmt::format("{} {}", option.name, option.value),
                            option.meaning);
    if (!action.filter.empty())
        text += fmt::format("  {:<26} regular expression on {}, upper and lower case alike\n",
                            "FILTER", action.filter);
    return text;
}

std::string version_of(const Action& action) {
    return fmt::format("{} (range42-fastpath) {}\n", action.tool, version);
}

}  // namespace

std::string help_of(const Action& action) {
    std::string text = usage_of(action, action.tool, "[OPTION]...");
    text += fmt::format("{}\n", action.summary) + input_of(action);
    text += option_lines(action);
    if (action.wait.count() > 0 && action.act.method != Method::none)
        text += fmt::format("\nWaits up to {} s for each task.\n", action.wait.count());
    text += fmt::format("\n{}\nExample:\n  {}\n", exit_codes(), action.example);
    return text;
}

std::string help_of(const Action& action, std::string_view legacy_name) {
    std::string example(action.example);
    if (const auto at = example.rfind(action.tool); at != std::string::npos)
        example.replace(at, action.tool.size(), legacy_name);
    return usage_of(action, legacy_name, action.rows == Rows::none ? "" : "[--json|--text]") +
           fmt::format("{}; this is {} under its legacy name\n{}", action.summary, action.tool,
                       input_of(action)) +
           fmt::format("\n{}\nExample:\n  {}\n", legacy_exit_codes, example);
}

std::string words_for(const Action& action, const Options& options) {
    if (options.wish == Wish::version) return version_of(action);
    if (options.wish == Wish::describe) return *description_of(action, options.aspect);
    return help_of(action);
}

}  // namespace proxmox
