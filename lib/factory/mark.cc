// A mark is a line in a VM's notes that says which creation it comes from.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/mark.h"

#include <algorithm>

#include "line/grammar.h"

namespace proxmox {
namespace {

constexpr std::string_view prefix = "range42-fastpath ";

constexpr std::string_view of_source = " clone of ";

struct Mark {
    std::string_view uuid{};
    std::string_view source{};
};

/// The mark that this line is; one without a uuid for any other line.
Mark mark_in(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.starts_with(prefix)) return {};
    line.remove_prefix(prefix.size());
    Mark mark{line.substr(0, line.find(of_source)), {}};
    if (mark.uuid.size() < line.size())
        mark.source = line.substr(mark.uuid.size() + of_source.size());
    const bool is_whole = is_of(Type::uuid, mark.uuid) &&
                          (mark.uuid.size() == line.size() || is_of(Type::vm_id, mark.source));
    return is_whole ? mark : Mark();
}

/// Takes the first line off the notes, without its end.
std::string_view take_line(std::string_view& notes) {
    const std::string_view line = notes.substr(0, notes.find('\n'));
    notes.remove_prefix(std::min(line.size() + 1, notes.size()));
    return line;
}

}  // namespace

std::string marked(std::string_view notes, std::string_view uuid, std::string_view source) {
    std::string text;
    while (!notes.empty()) {
        const std::string_view line = take_line(notes);
        if (mark_in(line).uuid.empty()) text.append(line) += '\n';
    }
    text.append(prefix).append(uuid);
    return source.empty() ? text : text.append(of_source).append(source);
}

std::string source_in(std::string_view notes) {
    while (!notes.empty())
        if (const Mark mark = mark_in(take_line(notes)); !mark.source.empty())
            return std::string(mark.source);
    return {};
}

std::string marks_in(std::string_view notes) {
    std::string marks;
    while (!notes.empty())
        if (const std::string_view line = take_line(notes); !mark_in(line).uuid.empty())
            marks.append(line) += '\n';
    return marks;
}

bool bears_mark(std::string_view notes, std::string_view uuid) {
    while (!notes.empty())
        if (const auto found = mark_in(take_line(notes)).uuid; !found.empty() && found == uuid)
            return true;
    return false;
}

}  // namespace proxmox
