// Exactly once: many changes, many of whose replies are lost; the node's log and our words agree.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>

#include "json.h"
#include "rehearsal.h"

namespace faults {
namespace {

constexpr long first_vm_id = 100;
constexpr int vms_at_least = 50;
constexpr int changes_per_vm = 50;
constexpr int exit_outcome_unknown = 3;
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

struct Ledger {
    int printed = 0;
    int unknown = 0;
    std::map<int, int> said_of_line{};
};

Ledger read_ledger(const Run& run) {
    Ledger ledger;
    ledger.printed = static_cast<int>(lines_of(run.output).size());
    for (const std::string& trace : lines_of(run.traces)) {
        const std::size_t at = trace.find("(line ");
        if (at == std::string::npos) continue;
        ++ledger.said_of_line[std::atoi(trace.c_str() + at + 6)];
        if (trace.find("outcome unknown") != std::string::npos) ++ledger.unknown;
    }
    return ledger;
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
        .program = "proxmox_vm.stop_force", .arguments = {"--jobs", "64"}, .input = input};
    const faults::Run run =
        run_tool(place, setting, recovery_s + changes() / slowest_changes_per_s);

    std::map<long, int> sent;
    int tasks = 0;
    int lost = 0;
    for (const Seen& seen : seen_requests(place)) {
        if (seen.method != "POST") continue;
        ++sent[seen.vm_id];
        tasks += seen.has_upid ? 1 : 0;
        lost += seen.has_fault ? 1 : 0;
    }
    const Ledger ledger = read_ledger(run);
    EXPECT_EQ(sent, wanted) << "a change was sent twice, or not at all";
    EXPECT_GT(lost, changes() / 10) << "the faults did not strike";
    EXPECT_EQ(ledger.printed, tasks) << "every task that ran is told, and no other";
    EXPECT_EQ(ledger.printed + ledger.unknown, changes());
    EXPECT_EQ(static_cast<int>(ledger.said_of_line.size()), ledger.unknown);
    EXPECT_LT(run.peak_kib, peak_limit_kib);
    EXPECT_EQ(run.exit_code(), ledger.unknown > 0 ? exit_outcome_unknown : 0) << run.traces;
    int twice = 0;
    for (const auto& [vm_id, count] : sent) twice += std::max(0, count - wanted[vm_id]);
    fmt::print(
        "{} changes, {} replies lost or spoilt, {} tasks, {} printed, {} unknown, {} twice, "
        "{} KiB\n",
        changes(), lost, tasks, ledger.printed, ledger.unknown, twice, run.peak_kib);
}

}  // namespace
}  // namespace faults

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    if (argc > 1) faults::changes() = std::atoi(argv[1]);
    if (argc > 2) faults::seed() = argv[2];
    return RUN_ALL_TESTS();
}
