// How an answer goes out: whole, unless a fault has its way with it.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace demo_node {

/// How an answer goes out where a fault has its way with it.
struct Sending {
    /// Close after this much of it: a number of bytes, "status", "headers" or "half".
    std::string cut{};
    bool reset = false;
    bool hang = false;
    int drip_ms = 0;

    bool is_whole() const { return cut.empty() && !reset && !hang; }
};

}  // namespace demo_node
