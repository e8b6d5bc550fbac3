// Exactly once: many changes, many of whose replies are lost; the node's log and our words agree.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>

#include "cases.h"

namespace faults {
namespace {

constexpr int vms_at_least = 50;
constexpr int changes_per_vm = 50;
/// A change that never ran is searched for during 45 s; beside that, this many changes a second.
constexpr int recovery_s = 120;
constexpr int slowest_changes_per_s = 5;

/// Nothing that is kept for each line may be left.
constexpr long peak_limit_kib = 100L << 10;

int& changes() {
    static int count = 500;
    return count;
}

std::string& seed() {
    static std::string text = "42";
    return text;
}

constexpr Subject stop{
    .program = "proxmox_vm.stop_force", .method = "POST", .act = "/qemu/@/status/stop"};

struct Ledger {
    int printed = 0;
    int unknown = 0;
    /// Where the machine has no time for a connection, a run ends before its last line.
    int unattempted = 0;
    std::map<int, int> said_of_line{};
};

Ledger read_ledger(const Run& run) {
    Ledger ledger;
    ledger.printed = static_cast<int>(lines_of(run.output).size());
    for (const std::string& trace : lines_of(run.traces)) {
        const std::size_t at = trace.find("(line ");
        if (at == std::string::npos) continue;
        ++ledger.said_of_line[std::atoi(trace.c_str() + at + 6)];
        if (trace.find("outcome unknown") != std::string::npos)
            ++ledger.unknown;
        else
            ++ledger.unattempted;
    }
    return ledger;
}

/// What the node was asked to change.
struct Sent {
    int all = 0;
    int tasks = 0;
    int lost = 0;
    std::map<long, int> of_vm{};
};

Sent read_sent(const Place& place) {
    const std::vector<Seen> requests = seen_requests(place);
    Sent sent{.of_vm = changes_by_vm(requests, stop)};
    for (const Seen& seen : requests) {
        if (seen.method != "POST") continue;
        ++sent.all;
        sent.tasks += seen.has_upid ? 1 : 0;
        sent.lost += seen.has_fault ? 1 : 0;
    }
    return sent;
}

TEST(exactly_once, node_log_and_ledger_agree) {
    const int vms = std::max(vms_at_least, changes() / changes_per_vm);
    const Place place;
    const Node node(place, {"--plain", "--vms", std::to_string(vms), "--task-ms", "0", "--seed",
                            seed(), "--fault", "random method=POST rate=0.3", "--fault",
                            "random method=POST rate=0.004 instead"});
    ASSERT_TRUE(node.is_up());
    std::string input;
    std::map<long, int> wanted;
    for (int line = 0; line < changes(); ++line) {
        const long vm_id = first_vm_id + (line * 7L) % vms;
        ++wanted[vm_id];
        input += fmt::format("{}\n", vm_id);
    }
    const Setting setting{
        .program = std::string(stop.program), .arguments = {"--jobs", "64"}, .input = input};
    const faults::Run run =
        run_tool(place, setting, recovery_s + changes() / slowest_changes_per_s);

    const Sent sent = read_sent(place);
    const Ledger ledger = read_ledger(run);
    int twice = 0;
    for (const auto& [vm_id, count] : sent.of_vm) twice += std::max(0, count - wanted[vm_id]);
    EXPECT_EQ(twice, 0);
    EXPECT_EQ(sent.all + ledger.unattempted, changes()) << "a line was neither sent nor told";
    EXPECT_GT(sent.lost, sent.all / 10) << "the faults did not strike";
    // What is stopped already is done, although a request for it got lost on its way.
    EXPECT_GE(ledger.printed, sent.tasks) << "every task that ran is told";
    EXPECT_EQ(ledger.printed + ledger.unknown, sent.all);
    EXPECT_EQ(static_cast<int>(ledger.said_of_line.size()), ledger.unknown + ledger.unattempted);
    EXPECT_LT(run.peak_kib, peak_limit_kib);
    const int failed = ledger.unattempted > 0 ? exit_line_failed : 0;
    EXPECT_EQ(run.exit_code(), ledger.unknown > 0 ? exit_outcome_unknown : failed) << run.traces;
    fmt::print(
        "{} changes, {} replies lost or spoilt, {} tasks, {} printed, {} unknown, {} unattempted, "
        "{} twice, {} KiB\n",
        changes(), sent.lost, sent.tasks, ledger.printed, ledger.unknown, ledger.unattempted, twice,
        run.peak_kib);
}

}  // namespace
}  // namespace faults

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    if (argc > 1) faults::changes() = std::atoi(argv[1]);
    if (argc > 2) faults::seed() = argv[2];
    return RUN_ALL_TESTS();
}
