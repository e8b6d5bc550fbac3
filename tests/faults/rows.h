// The faults that strike one line of a batch, and what must become of that line.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace faults {

enum class Expected {
    done,     // its line is printed
    failed,   // one trace names the line, and nothing is printed for it
    unknown,  // as failed, with "outcome unknown" in the trace
    either,   // printed or traced, but never both, and never nothing
};

/// `number` is the row of the fault matrix in the project's issue; `fault` is without its place.
struct Row {
    int number = 0;
    std::string name;
    std::string fault;
    Expected expected = Expected::done;
    /// How often the change may be sent, and how many tasks it may start.
    int requests = 1;
    int tasks = 1;
};

std::vector<Row> rows_of_changes();
std::vector<Row> rows_of_reads();

}  // namespace faults
