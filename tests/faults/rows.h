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
    /// How many more requests there may be.
    int more_requests = 0;
};

std::vector<Row> rows_of_changes();
/// The same where a state is set: no task tells of it, and what got lost is asked for again.
std::vector<Row> rows_of_settings();
/// The same of what leaves nothing behind by which it is known: another's task looks like its own,
/// which is taken where its reply had begun.
std::vector<Row> rows_of_own_tasks();
/// The same of programs in guests: no task tells of one, and what got lost stays unknown.
std::vector<Row> rows_of_programs();
/// The first row of each number, where the wait for it is no long one.
std::vector<Row> one_row_of_each(const std::vector<Row>& rows);
std::vector<Row> rows_of_reads();

}  // namespace faults
