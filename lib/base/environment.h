// The environment: what a variable says.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>

namespace proxmox {

/// Empty where it is not set.
inline std::string environment(std::string_view name) {
    const char* value = std::getenv(std::string(name).c_str());
    return value == nullptr ? "" : value;
}

}  // namespace proxmox
