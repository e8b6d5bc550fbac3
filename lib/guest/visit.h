// A line's visit to a machine over ssh: what its stages share, and how a call of ssh ends.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "guest/guest_command.h"
#include "guest/ladder.h"
#include "way/line.h"

namespace proxmox {

/// However little time is left, ssh gets as much.
inline constexpr milliseconds shortest_limit{1'000};

/// A line's visit to a machine: what its stages share.
struct Visit {
    Line& line;
    const GuestRun& run;
    std::string control_name;
    Ladder ladder;
    /// So often the connection had gone before a command was sent.
    int returns = 0;
    /// The option that overrules which host keys ssh takes, once it is known; empty for none.
    std::optional<std::string_view> key_policy{};
};

/// A call of ssh that has ended, and what went wrong with ssh itself.
struct Ended {
    Executed executed;
    SshTrouble trouble = SshTrouble::none;

    bool has_exited() const { return executed.how == Executed::How::exited; }
    bool has_exited_with(int status) const { return has_exited() && executed.status == status; }
};

Failure visit_failure(const Line& line, Exit exit, std::string_view what, std::string_view cause,
                      std::string_view advice = {});
Failure refused_identity(const Visit& visit, const Ended& ended);

/// Runs ssh to its end; one that was interrupted ends the way.
Way<Ended> run_ssh(Line& line, Execution execution);

}  // namespace proxmox
