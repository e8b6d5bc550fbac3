// Who may call: API tokens and their privileges.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bitset>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/http.h"

namespace demo_node {

/// Every privilege of an Administrator, by name.
std::span<const std::string_view> all_privileges();

/// Which bit of a set of privileges a name is; unknown names have none.
std::optional<std::size_t> privilege_index(std::string_view name);

constexpr std::size_t max_privileges = 64;
using Privileges = std::bitset<max_privileges>;

/// One API token. `name` is USER@REALM!ID; its privileges hold below `path`.
struct Token {
    std::string name;
    std::string secret;
    Privileges privileges{};
    std::string path = "/";

    std::string user() const { return name.substr(0, name.find('!')); }
    bool may(std::string_view privilege, std::string_view path) const;
};

/// The tokens of the cluster, and the check of the `Authorization` header.
class Access {
  public:
    std::vector<Token> tokens{};

    /// The token of this request, or the reason phrase of its 401.
    std::expected<const Token*, std::string_view> authenticate(const Request& request) const;
};

Privileges administrator();

}  // namespace demo_node
