// Which interpreter runs a script, by the script's first lines.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/interpreter.h"

#include <algorithm>

namespace proxmox {
namespace {

constexpr std::string_view blanks = " \t\r";
/// How pip begins a script whose interpreter's path is too long for the kernel, or has blanks.
constexpr std::string_view long_path = "'''exec' ";

std::string_view take_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

/// A word may be quoted.
std::string take_word(std::string_view& text) {
    const std::size_t start = std::min(text.find_first_not_of(blanks), text.size());
    text.remove_prefix(start);
    const bool is_quoted = text.starts_with('"');
    if (is_quoted) text.remove_prefix(1);
    const std::size_t end =
        std::min(is_quoted ? text.find('"') : text.find_first_of(blanks), text.size());
    std::string word(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

std::vector<std::string> interpreter_of(std::string_view opening) {
    std::string_view first = take_line(opening);
    if (!first.starts_with("#!")) return {};
    first.remove_prefix(2);
    std::vector<std::string> command{take_word(first)};
    if (base_name(command.front()) == "sh" && opening.starts_with(long_path)) {
        opening.remove_prefix(long_path.size());
        return {take_word(opening)};
    }
    for (std::string word = take_word(first); !word.empty(); word = take_word(first))
        command.push_back(word);
    if (base_name(command.front()) == "env") {
        command.erase(command.begin());
        if (!command.empty() && command.front() == "-S") command.erase(command.begin());
    }
    if (!command.empty() && command.front().empty()) command.clear();
    return command;
}

}  // namespace proxmox
