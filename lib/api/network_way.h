// The way to a server below TLS: what its name stands for, and whether its port takes connections.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace proxmox {

/// What could be learnt of the way: no address where the name is not known.
struct NetworkWay {
    std::vector<std::string> addresses{};
    std::string port_trouble{};
};

/// Resolves the name and connects to each address until one accepts.
NetworkWay look_at_way(std::string_view host_and_port);

}  // namespace proxmox
