// Tasks that end badly, late or never: what each tool makes of them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "cases.h"

namespace faults {
namespace {

constexpr int lines = 6;
constexpr int limit_s = 90;

struct TaskRow {
    int number;
    const char* name;
    std::vector<std::string> node_options;
    int exit;
    /// In every line's trace.
    const char* words;
    bool is_printed;
};

std::string ending_with(const char* status) {
    return fmt::format("replace=\"status\":\"OK\"|\"status\":\"{}\" path=/tasks$", status);
}

const TaskRow rows[] = {
    {29, "task_fails", {"--fault", ending_with("no%20space%20left")}, 1, "no space left", false},
    {29,
     "task_fails_long",
     {"--fault", ending_with(std::string(3'000, 'y').c_str())},
     1,
     "yyyy",
     false},
    {39,
     "task_fails_hostile",
     {"--fault", ending_with("\\u001b]52;c;AAAA\\u0007\\u009b2J\\u202eowned")},
     1,
     "owned",
     false},
    {30, "task_warns", {"--fault", ending_with("WARNINGS:%202")}, 0, "WARNINGS: 2", true},
    {31, "task_never_ends", {"--task-ms", "600000"}, 3, "UPID:px-testing:", true},
    {32,
     "worker_dies",
     {"--fault", ending_with("unexpected%20status")},
     3,
     "the worker died",
     false},
    {33,
     "task_is_forgotten",
     {"--fault", "replace=\"UPID|\"GONE path=/tasks$", "--fault",
      "fail=400:Parameter%20verification%20failed. path=/tasks/UPID.*/status", "--fault",
      "body=no-such-task path=/tasks/UPID.*/status"},
     3,
     "no longer knows task",
     false},
    {36,
     "locked_by_backup",
     {"--fault", ending_with("VM%20is%20locked%20(backup)")},
     1,
     "VM is locked (backup)",
     false},
};

bool is_trace_of(const std::string& trace, const Subject& of, int line) {
    const long guest = of.first_id() + line;
    const std::string place = fmt::format("(line {}", line + 1);
    const std::string subject = fmt::format(":{}:", guest);
    return trace.find(place) != std::string::npos || trace.find(subject) != std::string::npos ||
           trace.find(fmt::format("vm_id {}:", guest)) != std::string::npos ||
           (!of.marked.empty() && of.prints(trace, guest));
}

void check(const Subject& subject, const TaskRow& row) {
    const Place place;
    auto options = subject.node_options(lines);
    options.insert(options.end(), row.node_options.begin(), row.node_options.end());
    const Node node(place, options);
    ASSERT_TRUE(node.is_up());
    faults::Setting setting = call_of(subject, lines);
    if (row.number == 31) setting.arguments = {"--timeout", "1"};
    const faults::Run run = run_tool(place, setting, limit_s);
    EXPECT_EQ(run.exit_code(), row.exit) << run.traces;
    // What may still be under way is not told in a line that could be taken for a success.
    const bool is_printed = row.is_printed && (row.number != 31 || subject.tells_state());
    EXPECT_EQ(lines_of(run.output).size(), is_printed ? lines : 0u) << run.output;
    EXPECT_TRUE(is_harmless(run.traces)) << run.traces;
    const auto traces = lines_of(run.traces);
    for (int line = 0; line < lines; ++line)
        EXPECT_EQ(std::ranges::count_if(traces,
                                        [&](const std::string& trace) {
                                            return is_trace_of(trace, subject, line) &&
                                                   trace.find(row.words) != std::string::npos;
                                        }),
                  1)
            << line << run.traces;
    // Each change was sent once; no task is ever cancelled.
    EXPECT_EQ(count_changes(place, subject), lines);
    for (const Seen& seen : seen_requests(place))
        EXPECT_FALSE(seen.method == "DELETE" && seen.path.find("/tasks/") != std::string::npos);
}

/// HA does later what its task was asked for, or does not do it at all.
void check_managed(const Subject& subject, bool obeys) {
    const Place place;
    auto options = subject.node_options(lines);
    options.insert(options.end(),
                   {"--managed", "100,101,102,103,104,105", "--ha-ms", obeys ? "1500" : "600000"});
    const Node node(place, options);
    ASSERT_TRUE(node.is_up());
    faults::Setting setting = call_of(subject, lines);
    if (!obeys) setting.arguments = {"--timeout", "2"};
    const faults::Run run = run_tool(place, setting, limit_s);
    EXPECT_EQ(run.exit_code(), obeys ? 0 : 3) << run.traces;
    const bool wants_running = subject.program == "proxmox_vm.start";
    const std::string status = wants_running == obeys ? "running" : "stopped";
    std::size_t as_expected = 0;
    for (const std::string& line : lines_of(run.output))
        as_expected += line.find("\"vm_status\":\"" + status) != std::string::npos ? 1 : 0;
    EXPECT_EQ(as_expected, static_cast<std::size_t>(lines)) << run.output;
    EXPECT_EQ(lines_of(run.traces).size(), obeys ? 0u : lines) << run.traces;
    EXPECT_EQ(count_changes(place, subject), lines);
}

bool may_be_managed(const Subject& subject) {
    return subject.program == "proxmox_vm.start" || subject.program == "proxmox_vm.stop" ||
           subject.program == "proxmox_vm.stop_force";
}

}  // namespace

static void enroll_all_of(const Subject& subject) {
    for (const TaskRow& row : rows) {
        // The fault only says so: who waits and asks again meets what the first task has made.
        if (row.number == 36 && subject.tries_at_lock > 1) continue;
        enroll(subject, fmt::format("row_{:02}_{}", row.number, row.name),
               [&subject, &row] { check(subject, row); });
    }
    if (!may_be_managed(subject)) return;
    enroll(subject, "row_37_ha_obeys", [&subject] { check_managed(subject, true); });
    enroll(subject, "row_37_ha_does_not", [&subject] { check_managed(subject, false); });
}

}  // namespace faults

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    for (const faults::Subject& subject : faults::subjects())
        if (subject.has_tasks()) faults::enroll_all_of(subject);
    return RUN_ALL_TESTS();
}
