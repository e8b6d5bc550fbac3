// Comparing two JSON texts by what a client can rely on: keys, types, and the words of verdicts.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace demo_node::replay {

/// One canonical text for all bodies that mean the same to a client; no JSON is kept as it is.
///
/// Values are masked, except under the keys whose values are the answer (message, exitstatus,
/// a log line, a state). Order never counts, and rows of one shape count once. Containers are
/// left out: the stand-in has none.
std::string shape(const std::string& body);

/// The same text with what is different on every machine and day taken out.
std::string without_particulars(std::string_view text);

}  // namespace demo_node::replay
