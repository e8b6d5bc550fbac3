// Finding the row of the table that a path means, and whether the token may.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "calls/router.h"

#include <fmt/format.h>

#include <algorithm>

#include "http/forms.h"

namespace demo_node {

namespace {

constexpr std::size_t max_snapshot_name = 40;

constexpr Field placeholders[] = {
    {.name = "node", .format = Format::node},
    {.name = "vmid", .type = Type::integer, .format = Format::vmid},
    {.name = "snapname", .format = Format::config_id, .max_length = max_snapshot_name},
    {.name = "upid"},
    {.name = "name", .max_length = 64, .form = word_error},
    {.name = "group", .max_length = 18, .form = word_error},
    {.name = "pos", .type = Type::integer, .minimum = 0},
    {.name = "cidr"},
    {.name = "zone", .max_length = 8, .form = short_word_error},
    {.name = "vnet", .max_length = 8, .form = short_word_error},
    {.name = "subnet"},
    {.name = "iface", .max_length = 20, .form = interface_name_error},
    {.name = "storage", .form = storage_id_error},
    {.name = "volume"},
    {.name = "poolid", .form = pool_id_error},
};

/// What a placeholder is called; one that ends in '*' takes the rest of the path.
std::string_view name_of(std::string_view placeholder) {
    placeholder.remove_prefix(1);
    placeholder.remove_suffix(placeholder.ends_with("*}") ? 2 : 1);
    return placeholder;
}

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
        if (wanted.ends_with("*}")) return true;
        if (!wanted.starts_with('{') && wanted != segment) return false;
    }
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
        std::string_view segment = take_segment(path);
        if (name.ends_with("*}")) segment = {segment.data(), segment.size() + path.size()};
        if (name.starts_with('{'))
            parameters.add({std::string(name_of(name)), std::string(segment)});
    }
    return &*found;
}

std::vector<Field> path_fields(const Route& route) {
    std::vector<Field> fields;
    for (const Field& field : placeholders)
        for (const std::string_view end : {"}", "*}"})
            if (route.path.find(fmt::format("{{{}{}", field.name, end)) != std::string_view::npos)
                fields.push_back(field);
    return fields;
}

std::string filled_in(std::string_view pattern, const Parameters& parameters) {
    std::string out;
    while (!pattern.empty()) {
        const std::size_t open = pattern.find('{');
        out += pattern.substr(0, open);
        if (open == std::string_view::npos) break;
        const std::size_t close = pattern.find('}', open);
        out += parameters.text(name_of(pattern.substr(open, close - open + 1)));
        pattern.remove_prefix(close + 1);
    }
    return out;
}

std::optional<Answer> check_permission(const Permission& permission, const Call& call) {
    if (permission.any_of.empty()) return std::nullopt;
    std::string path = filled_in(permission.path, call.parameters);
    // What can be no path is none, and nobody may do anything there.
    if (path.find_first_of(" \t\n") != std::string::npos) path.clear();
    for (const std::string_view privilege : permission.any_of)
        if (call.token.may(privilege, path)) return std::nullopt;
    return failure(403, fmt::format("Permission check failed ({}, {})\n", path,
                                    fmt::join(permission.any_of, "|")));
}

}  // namespace demo_node
