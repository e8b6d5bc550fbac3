// Calls under a legacy name: upstream's manners, and the decision between the API and ansible.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "edge/arguments.h"
#include "loop/ledger.h"

namespace proxmox {

/// How a shim calls its tool: "--legacy PATH_OF_THE_SHIM" before the user's own arguments.
inline constexpr std::string_view legacy_option = "--legacy";

/// Before all others: the devkit's keys and lines without its manners, for who makes such lines.
inline constexpr std::string_view as_devkit_option = "--as-devkit";

/// A call under a legacy name.
struct Legacy {
    std::string shim_path;
    /// The shim's own name.
    std::string name;
    /// The user's arguments, with the name in front.
    std::span<char*> arguments;

    /// Upstream's entry scripts that have a `_with_api` script beside them say which way they go;
    /// others do not.
    bool announces() const;
    bool asks_for_help() const;
    std::string notice_of_delegation() const;
    /// What the twins say to a terminal where lines should come from.
    static std::string notice_of_terminal(const Tool& tool);
    static constexpr std::string_view notice_of_fallback =
        "proxmox API not reachable - using ansible slow path";
    static constexpr std::string_view notice_of_no_fallback =
        "not falling back to ansible, which would send the token to whoever answers; "
        "RANGE42_PROXMOX_API_FORCE=off takes that path all the same";
    /// Said where that path is taken although nobody can say whom it will meet.
    static std::string warning_of_unproven(std::string_view server);
    /// RANGE42_PROXMOX_API_FORCE is exactly "off".
    static bool is_forced_off();
    /// RANGE42_PROXMOX_STRICT is 1: honest statuses, and reasons told.
    static bool is_strict();
};

/// Nothing when the tool was called by its own name.
std::optional<Legacy> legacy_call(std::span<char*> arguments);

/// What either upstream path accepts; the message of an error is upstream's.
Result<Options> parse_legacy_arguments(const Tool& tool, const Legacy& call);

/// The request whose answer decides whether the API is reachable; when it can, it is the tool's
/// own.
Request reachability_request(const Tool& tool, const std::string& node);

/// 0, or 1 when not a single line succeeded; RANGE42_PROXMOX_STRICT=1 asks for the honest status.
Exit legacy_exit(const RunEnd& end);
/// The same for a run that could not begin.
Exit legacy_exit(Exit honest);

}  // namespace proxmox
