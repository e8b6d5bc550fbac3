// Writing a complete Range42 workspace whose settings lead to this stand-in.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "base/error.h"
#include "model/access.h"

namespace demo_node {

/// What the workspace has to say about the node.
struct WorkspaceFacts {
    std::string directory;
    std::string node;
    std::string pin;
    int port = 0;
};

/// Writes the vault, its password file and env.sh, with this token in them.
proxmox::Outcome write_workspace(const WorkspaceFacts& facts, const Token& token);

}  // namespace demo_node
