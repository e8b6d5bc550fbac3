// The tools whose replies get lost in this test: their own values, out of their own files.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "tool/tool.h"

namespace lost_replies {

/// What has to be so where a line says that it is done.
enum class Claim : std::uint8_t {
    /// Its guest has been in a state since the change was sent, whoever has brought it there.
    state,
    /// Its snapshot has not been there at some time since, whoever has taken it away.
    no_snapshot,
    /// Its snapshot, with its description, has been there since, whoever has made it.
    snapshot,
    /// A task of its own has ended well.
    own_task,
};

struct Subject {
    const proxmox::Tool* tool;
    Claim claim;
    /// "running", "stopped", "paused"; empty: it is not there.
    std::string_view state{};

    std::string_view name() const { return tool->name; }
    bool makes() const { return tool->own.makes; }
    bool names_snapshot() const { return tool->name.starts_with("proxmox_snapshot"); }
};

std::span<const Subject> subjects();

}  // namespace lost_replies
