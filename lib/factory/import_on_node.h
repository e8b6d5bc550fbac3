// Imports that the API has no way to: the node's own qm does them, over the user's own ssh.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

#include "way/line.h"

namespace proxmox {

/// What became of a command on the node.
struct OverSsh {
    enum class How : std::uint8_t {
        done,
        /// ssh did not come there, so that nothing ran.
        not_reached,
        unknown,
    };
    How how = How::done;
    /// ssh's own, safe to print.
    std::string words{};
};

/// Has the node, which ssh knows by this name, make the disk `sent_disk` (and `sent_drive`).
Way<OverSsh> import_on_node(Line& line, const std::string& ssh_name);

}  // namespace proxmox
