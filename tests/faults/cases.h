// Cases that are made by a table: a name, a tool, and a check.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <string>

#include "rehearsal.h"
#include "subjects.h"

namespace faults {

inline constexpr long first_vm_id = 100;

inline constexpr int exit_line_failed = 1;
inline constexpr int exit_outcome_unknown = 3;
inline constexpr int exit_identity_refused = 5;
inline constexpr int exit_unreachable = 6;
inline constexpr int exit_write_failed = 74;

/// A test of the suite that is called as the tool is.
void enroll(const Subject& subject, const std::string& name, const std::function<void()>& check);

/// Lines for so many VMs.
std::string lines_for(const Subject& subject, int lines);

/// The tool as it is called, with lines for so many VMs.
Setting call_of(const Subject& subject, int lines);

/// Where another tool makes the subject's lines: these, one for each VM.
std::map<long, std::string> made_lines(const Subject& subject, const Place& place, int lines);

/// How often the node was asked for the tool's change, and how many lines a trace names.
long count_changes(const Place& place, const Subject& subject);
/// The same for each VM that was meant.
std::map<long, int> changes_by_vm(const std::vector<Seen>& requests, const Subject& subject);
std::size_t lines_traced(const Run& run);

}  // namespace faults
