// The doctor: facts gathered once, then judged by pure functions, each with its remedy.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: all facts that are gathered, and all checks that come of them.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "api/checks.h"
#include "base/error.h"
#include "doctor/roles.h"
#include "tool/shape.h"
#include "trust/trust.h"

namespace proxmox {

/// Lost tasks are searched for by the node's clock, and certificates are judged by ours.
inline constexpr std::int64_t clock_difference_limit_s = 60;

/// VMs that are looked at one by one.
inline constexpr std::size_t vms_looked_at_limit = 16;

/// A storage that holds disks of VMs.
struct Storage {
    std::string name;
    std::string type;
    /// Disks may be qcow2, which takes snapshots itself.
    bool holds_qcow2 = false;
    /// ... and are, where nobody names a format.
    bool makes_qcow2 = false;
};

/// How many VMs have been looked at, and what some of them lack.
struct LookedAtVms {
    std::size_t count = 0;
    std::vector<std::string> without_agent{};
    /// By the node's own judgement of all their disks.
    std::vector<std::string> without_snapshots{};
    /// What came instead of an answer about some of them.
    std::string trouble{};
};

inline constexpr std::string_view see_above = "not looked at, see above";

/// What a question has taught, or why nothing was learnt.
template <typename Value>
struct Learnt : std::expected<Value, std::string> {
    using std::expected<Value, std::string>::expected;
    Learnt() : std::expected<Value, std::string>(std::unexpected(std::string(see_above))) {}
};

/// What can be known of the way from here to the node; what could not be learnt is not there.
struct Facts {
    /// The caller has handed over what else a vault holds.
    bool is_given_credentials = false;
    bool has_devkit = false;
    bool has_password_file = false;
    /// Why the password file cannot be read.
    std::string password_trouble{};
    /// Why the workspace could not be opened; its remedy goes on to the user.
    std::optional<Error> closed{};
    /// Who else can read or write what is secret.
    std::vector<std::string> exposures{};
    TrustMode trust = TrustMode::first_use;
    std::string host_and_port{};
    /// Where the host's name leads; empty when nowhere.
    std::vector<std::string> addresses{};
    /// Why the port takes no connection.
    std::string port_trouble{};
    std::string node{};
    /// "user@realm!token"
    std::string token{};
    /// Why the API gave no good answer.
    std::optional<Error> refused{};
    std::string version{};
    std::optional<std::int64_t> clock_difference_s{};
    Learnt<std::set<std::string>> privileges{};
    Learnt<std::set<std::string>> nodes{};
    /// What the tools need, and on which release.
    std::vector<ToolNeeds> tools{};
    Learnt<std::vector<Storage>> storages{};
    Learnt<LookedAtVms> vms{};
    Roles roles{};
    /// OpenSSL's version and build; empty where this system has none.
    std::string linked_openssl{};
    std::string installed_openssl{};
};

/// What could not be looked at, and why not.
Check unknown(std::string name, std::string_view why);

/// The checks of the node itself, behind those of the way to it. Pure.
void examine_node(const Facts& facts, std::vector<Check>& checks);

/// Every check in the order in which things go wrong. Pure.
std::vector<Check> examine(const Facts& facts);

}  // namespace proxmox
