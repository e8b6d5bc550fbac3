// Finding the row of the table that a path means, and whether the token may.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "calls/router.h"

#include <fmt/format.h>

#include <algorithm>

namespace demo_node {

namespace {

constexpr std::size_t max_snapshot_name = 40;

constexpr Field placeholders[] = {
    {.name = "node", .format = Format::node},
    {.name = "vmid", .type = Type::integer, .format = Format::vmid},
    {.name = "snapname", .format = Format::config_id, .max_length = max_snapshot_name},
    {.name = "upid"},
};

/// Takes the next segment; empty ones do not count, so "//version/" is "/version".
std::string_view take_segment(std::string_view& path) {
    while (path.starts_with('/')) path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    return segment;
}

bool fits(std::string_view pattern, std::string_view path) {
    while (true) {
        const std::string_view wanted = take_segment(pattern);
        const std::string_view segment = take_segment(path);
        if (wanted.empty() || segment.empty()) return wanted.empty() && segment.empty();
        if (!wanted.starts_with('{') && wanted != segment) return false;
    }
}

std::string fill_in(std::string_view pattern, const Parameters& parameters) {
    std::string out;
    while (!pattern.empty()) {
        const std::size_t open = pattern.find('{');
        out += pattern.substr(0, open);
        if (open == std::string_view::npos) break;
        const std::size_t close = pattern.find('}', open);
        out += parameters.text(pattern.substr(open + 1, close - open - 1));
        pattern.remove_prefix(close + 1);
    }
    return out;
}

}  // namespace

const Route* find_route(std::string_view method, std::string_view path, Parameters& parameters) {
    const auto all = routes();
    const auto found = std::ranges::find_if(
        all, [&](const Route& row) { return row.method == method && fits(row.path, path); });
    if (found == all.end()) return nullptr;
    std::string_view pattern = found->path;
    for (std::string_view name = take_segment(pattern); !name.empty();
         name = take_segment(pattern)) {
        const std::string_view segment = take_segment(path);
        if (name.starts_with('{'))
            parameters.add({std::string(name.substr(1, name.size() - 2)), std::string(segment)});
    }
    return &*found;
}

std::span<const Field> path_fields() { return placeholders; }

std::optional<Answer> check_permission(const Permission& permission, const Call& call) {
    if (permission.any_of.empty()) return std::nullopt;
    const std::string path = fill_in(permission.path, call.parameters);
    for (const std::string_view privilege : permission.any_of)
        if (call.token.may(privilege, path)) return std::nullopt;
    return failure(403, fmt::format("Permission check failed ({}, {})\n", path,
                                    fmt::join(permission.any_of, "|")));
}

}  // namespace demo_node
