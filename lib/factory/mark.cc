// A mark is a line in a VM's notes that says which creation it comes from.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/mark.h"

#include <algorithm>

#include "line/grammar.h"

namespace proxmox {
namespace {

constexpr std::string_view prefix = "range42-fastpath ";

/// The uuid of the mark that this line is; empty for any other line.
std::string_view uuid_in(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.starts_with(prefix)) return {};
    line.remove_prefix(prefix.size());
    return is_of(Type::uuid, line) ? line : std::string_view();
}

/// Takes the first line off the notes, without its end.
std::string_view take_line(std::string_view& notes) {
    const std::string_view line = notes.substr(0, notes.find('\n'));
    notes.remove_prefix(std::min(line.size() + 1, notes.size()));
    return line;
}

}  // namespace

std::string marked(std::string_view notes, std::string_view uuid) {
    std::string text;
    while (!notes.empty()) {
        const std::string_view line = take_line(notes);
        if (uuid_in(line).empty()) text.append(line) += '\n';
    }
    return text.append(prefix).append(uuid);
}

std::string marks_in(std::string_view notes) {
    std::string marks;
    while (!notes.empty())
        if (const std::string_view line = take_line(notes); !uuid_in(line).empty())
            marks.append(line) += '\n';
    return marks;
}

bool bears_mark(std::string_view notes, std::string_view uuid) {
    while (!notes.empty())
        if (const auto found = uuid_in(take_line(notes)); !found.empty() && found == uuid)
            return true;
    return false;
}

}  // namespace proxmox
