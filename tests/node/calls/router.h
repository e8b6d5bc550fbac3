// The table of calls: method and path template, who may, what it takes, who answers.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "calls/stage.h"

namespace demo_node {

using Handler = Answer (*)(Call&);

/// What a token needs; {node} and {vmid} in `path` are filled in. Any one of the list is enough.
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
};

std::span<const Route> routes();

/// Finds the row for a decoded path and puts its {placeholders} into `parameters`.
const Route* find_route(std::string_view method, std::string_view path, Parameters& parameters);

/// The schema of the {placeholders}.
std::span<const Field> path_fields();

/// 403, or nothing when the token may do it.
std::optional<Answer> check_permission(const Permission& permission, const Call& call);

}  // namespace demo_node
