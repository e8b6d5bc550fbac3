// A range of VM ids, from which new ones are given.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace proxmox {

/// From the lowest to the highest one, both included.
struct IdRange {
    std::int64_t lowest = 0;
    std::int64_t highest = 0;
};

}  // namespace proxmox
