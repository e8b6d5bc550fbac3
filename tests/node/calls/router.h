// The table of calls: method and path template, who may, what it takes, who answers.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "calls/stage.h"

namespace demo_node {

struct CollectionKind;
struct SettingsKind;
struct Place;

using Handler = Answer (*)(Call&);

/// What a token needs; {node}, {vmid} and the like in `path` are filled in. Any one of the list is
/// enough.
struct Permission {
    std::string_view path{};
    std::span<const std::string_view> any_of{};
};

/// One row of the table. A forwarded call is run by pvedaemon and occupies one of its workers.
struct Route {
    std::string_view method;
    std::string_view path;
    Handler handler;
    bool forwarded = false;
    Permission permission{};
    std::span<const Field> fields{};
    bool waits_for_lock = false;
    /// What the generic calls are about, and the path under which its objects are kept.
    const CollectionKind* collection = nullptr;
    const SettingsKind* settings = nullptr;
    const Place* place = nullptr;
    std::string_view shelf{};
};

std::span<const Route> routes();

/// Finds the row for a decoded path and puts its {placeholders} into `parameters`.
const Route* find_route(std::string_view method, std::string_view path, Parameters& parameters);

/// The schema of the {placeholders} in a row's path.
std::vector<Field> path_fields(const Route& route);

/// A pattern with its {placeholders} filled in.
std::string filled_in(std::string_view pattern, const Parameters& parameters);

/// 403, or nothing when the token may do it.
std::optional<Answer> check_permission(const Permission& permission, const Call& call);

}  // namespace demo_node
