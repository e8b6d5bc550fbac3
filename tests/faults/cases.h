// Cases that are made by a table: a name, a tool, and a check.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>

#include "rehearsal.h"
#include "subjects.h"

namespace faults {

inline constexpr long first_vm_id = 100;

/// A test of the suite that is called as the tool is.
void enroll(const Subject& subject, const std::string& name, const std::function<void()>& check);

/// Lines for so many VMs.
std::string lines_for(const Subject& subject, int lines);

/// How often the node was asked for the tool's change, and how many lines a trace names.
long count_changes(const Place& place, const Subject& subject);
std::size_t lines_traced(const Run& run);

}  // namespace faults
