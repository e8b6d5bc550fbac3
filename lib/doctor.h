// The doctor: facts gathered once, then judged by pure functions, each with its remedy.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "error.h"

namespace proxmox {

/// Lost tasks are searched for by the node's clock, and certificates are judged by ours.
inline constexpr std::int64_t clock_difference_limit_s = 60;

/// What can be known of the way from here to the node; what could not be learnt is not there.
struct Facts {
    bool has_devkit = false;
    bool has_password_file = false;
    /// Why the workspace could not be opened; its remedy goes on to the user.
    std::optional<Error> closed{};
    std::string host_and_port{};
    std::string node{};
    /// "user@realm!token"
    std::string token{};
    /// Why the API gave no good answer.
    std::optional<Error> refused{};
    std::string version{};
    std::optional<std::int64_t> clock_difference_s{};
    std::optional<std::set<std::string>> privileges{};
    std::optional<std::set<std::string>> nodes{};
};

enum class Health : std::uint8_t { good, bad, unknown };

/// One line of the doctor's report.
struct Check {
    std::string name;
    Health health = Health::good;
    std::string finding;
    std::string remedy{};
};

/// Every check in the order in which things go wrong. Pure.
std::vector<Check> examine(const Facts& facts);

}  // namespace proxmox
