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
    /// Every byte in a TLS record of its own.
    bool is_split = false;
    /// The whole answer goes out again, right behind itself.
    bool is_doubled = false;
    /// As HTTP/1.0 has it: the end of the connection is the end of the answer.
    bool ends_by_closing = false;
    /// Whole heads that come before the answer's own.
    std::string prelude{};

    bool is_whole() const { return cut.empty() && !reset && !hang; }
};

}  // namespace demo_node
