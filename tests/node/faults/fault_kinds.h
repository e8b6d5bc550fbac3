// The table of faults: a name, what it means, and what it does to an answer.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "faults/faults.h"

namespace demo_node {

/// A fault of the connection says how that is welcomed; every other one spoils an answer.
struct FaultKind {
    std::string_view name;
    std::string_view value;
    std::string_view meaning;
    void (*spoil)(Answer& answer, const std::string& value) = nullptr;
    Welcome welcome = Welcome::kind;
};

/// nullptr when there is none of this name.
const FaultKind* find_fault_kind(std::string_view name);

}  // namespace demo_node
