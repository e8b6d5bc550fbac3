// The shape of a tool: what follows from its values, asked by whoever treats all tools alike.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <vector>

#include "tool/tool.h"

namespace proxmox {

inline bool acts(const Tool& tool) { return tool.plain.changes.size() > 0 || tool.own.acts; }
inline bool waits(const Tool& tool) { return tool.wait.count() > 0; }
/// Something is asked of the API, or of a guest.
inline bool asks(const Tool& tool) {
    return acts(tool) || waits(tool) || !tool.plain.reading.path.empty() || tool.own.way != nullptr;
}
inline bool has_keys(const Tool& tool) {
    return tool.lines.keys.size() > 0 || tool.lines.common.size() > 0;
}
inline bool reads_lines(const Tool& tool) {
    return has_keys(tool) && tool.lines.from != LinesFrom::every_guest;
}
/// It lists something of the nodes that it is given.
inline bool lists_by_node(const Tool& tool) {
    return !reads_lines(tool) && tool.lines.from == LinesFrom::input &&
           tool.prints.rows == Rows::every &&
           (tool.plain.reading.path.contains("{proxmox_node}") ||
            tool.plain.reading.path.starts_with(guest_mark));
}
/// A line can end with its task accepted: nothing follows, and no guest would be left half made.
inline bool may_be_asynchronous(const Tool& tool) {
    const auto& changes = tool.plain.changes;
    return tool.own.has_one_task || (changes.size() == 1 && changes.begin()->tasks.size() > 0);
}

/// All keys of its lines.
inline std::vector<Input> keys_of(const Lines& lines) {
    std::vector<Input> keys;
    for (const Input& common : lines.common)
        if (std::ranges::find(lines.keys, common.key, &Input::key) == lines.keys.end())
            keys.push_back(common);
    keys.insert(keys.end(), lines.keys.begin(), lines.keys.end());
    return keys;
}

/// What manuals say that it asks for, with whole paths.
struct RequestText {
    Method method;
    std::string path;
};
inline std::vector<RequestText> requests_of(const Tool& tool) {
    std::vector<RequestText> requests;
    const auto add = [&](Method method, std::string_view path) {
        if (!path.empty()) requests.push_back({method, whole_path(tool.subject, path)});
    };
    for (const Requested& requested : tool.own.requests) add(requested.method, requested.path);
    for (const Look& look : tool.plain.looks) add(Method::get, look.path);
    for (const Change& change : tool.plain.changes) add(change.method, change.path);
    add(Method::get, tool.plain.reading.path);
    return requests;
}

}  // namespace proxmox
