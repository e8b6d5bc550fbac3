// A step's commands: the calls of ssh that they become, and what all lines of a run share for them.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "guest/guest.h"
#include "guest/guest_operands.h"
#include "guest/host_keys.h"
#include "guest/ssh.h"
#include "line/record.h"
#include "secret.h"

namespace proxmox {

/// One attempt to get in may take so long.
inline constexpr milliseconds longest_knock{10'000};

/// Connections that go along a pipe with the lines; effects, so that they come from outside.
struct HandedConnections {
    /// Whether the tool before this one has left its connection to the line's machine.
    std::function<bool(const Record& record, std::string_view control_name)> take{};
    /// Ends one that has turned out to be of no use.
    std::function<void(std::string_view control_name)> drop{};
    /// Leaves ours to the tool behind us.
    std::function<void(const Record& record, std::string_view control_name)> leave{};
};

/// What all lines of a run in guests share.
struct GuestRun {
    const GuestStep& step;
    SshPlace ssh{};
    vault::Secret secret{};
    GuestOperands operands{};
    HostKeys host_keys{};
    HandedConnections connections{};
};

/// `control_name` keeps the connections of different lines apart.
Result<Execution> execution_of(const GuestRun& run, const Record& record,
                               std::string_view control_name, const GuestCommand& command,
                               milliseconds limit);

/// The calls of ssh that this line would lead to, as JSON lines, without what goes to stdin.
std::string calls_of_step(const GuestRun& run, const Record& record, std::string_view control_name);

/// Forgets which host keys were known, where the line asks for that.
Outcome forget_host_keys(const GuestRun& run, const Record& record);
/// Remembers those that the step has proven, if any.
Outcome remember_host_keys(const GuestRun& run, const Record& record);

}  // namespace proxmox
