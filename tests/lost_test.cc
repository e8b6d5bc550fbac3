// Which task a lost reply is matched to, and which ones never.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/lost.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace proxmox {
namespace {

constexpr std::time_t server = 0x67E00010;
const LostChange lost{.node = "px",
                      .id = "100",
                      .user = "u@pve!t",
                      .task_types = {"qmstart", "hastart"},
                      .age = milliseconds{3'000}};

std::string upid(std::time_t start, const char* type = "qmstart", const char* id = "100",
                 const char* user = "u@pve!t") {
    return fmt::format("UPID:px:0000A1B2:00C0FFEE:{:08X}:{}:{}:{}:", start, type, id, user);
}

std::size_t count_in(std::initializer_list<std::string> upids, const ClaimedTasks& claimed = {}) {
    std::string rows;
    for (const std::string& text : upids)
        rows += fmt::format("{}{{\"upid\":\"{}\"}}", rows.empty() ? "" : ",", text);
    const auto document = json::Document::parse('[' + rows + ']');
    return candidates_in(document->root(), lost, server, claimed).size();
}

TEST(Lost, MatchesTypeVmTokenAndTime) {
    EXPECT_EQ(count_in({upid(server)}), 1U);
    EXPECT_EQ(count_in({upid(server - 5)}), 1U) << "3 s ago, and the margin of the clocks";
    EXPECT_EQ(count_in({upid(server - 6)}), 0U);
    EXPECT_EQ(count_in({upid(server, "hastart")}), 1U);
    EXPECT_EQ(count_in({upid(server, "qmstop")}), 0U);
    EXPECT_EQ(count_in({upid(server, "qmstart", "1000")}), 0U);
    EXPECT_EQ(count_in({upid(server, "qmstart", "100", "u@pve!other")}), 0U);
    EXPECT_EQ(count_in({"no upid", ""}), 0U);
    EXPECT_EQ(count_in({"UPID:py:0000A1B2:00C0FFEE:67E00010:qmstart:100:u@pve!t:"}), 0U);
}

TEST(Lost, ATaskOfTheFutureIsOfAnotherClock) {
    EXPECT_EQ(count_in({upid(server + clock_margin_s)}), 1U);
    EXPECT_EQ(count_in({upid(server + clock_margin_s + 1)}), 0U);
    EXPECT_EQ(count_in({upid(0xFFFFFFFF)}), 0U);
}

TEST(Lost, OneTaskNamedTwiceIsOneTask) {
    EXPECT_EQ(count_in({upid(server), upid(server)}), 1U);
    EXPECT_EQ(count_in({upid(server), upid(server - 1)}), 2U);
}

TEST(Lost, AWorkerThatNeverBeganIsNoTask) {
    const auto document = json::Document::parse(fmt::format(
        R"([{{"upid":"{}","status":"unexpected status"}},{{"upid":"{}","status":"OK"}},)"
        R"({{"upid":"{}"}}])",
        upid(server), upid(server - 1), upid(server - 2)));
    const auto found = candidates_in(document->root(), lost, server, {});
    ASSERT_EQ(found.size(), 2U);
    EXPECT_FALSE(found[0].is_running);
    EXPECT_TRUE(found[1].is_running);
}

TEST(Lost, NeverTakesATaskOfAnotherLine) {
    EXPECT_EQ(count_in({upid(server), upid(server - 1)}, {upid(server)}), 1U);
    EXPECT_EQ(count_in({upid(server)}, {upid(server)}), 0U);
}

TEST(Lost, ForgetsOnlyClaimsThatNoOpenChangeCanMean) {
    ClaimedTasks claimed;
    for (int age_s = 0; age_s < 10'000; ++age_s) claimed.insert(upid(server - age_s));
    forget_claims(claimed, server, milliseconds{40'000});
    EXPECT_EQ(claimed.size(), 101U);
    EXPECT_TRUE(claimed.contains(upid(server - 40 - node_clocks_differ_s)));
    // What is forgotten lies before everything that the oldest change could have started.
    EXPECT_EQ(count_in({upid(server - 41 - node_clocks_differ_s)}, claimed), 0U);
}

TEST(Lost, AsksSinceTheEarliestPossibleStart) {
    EXPECT_EQ(ask_for_tasks(lost, server).path,
              fmt::format("/nodes/px/tasks?source=all&vmid=100&since={}&limit=50", server - 5));
    EXPECT_EQ(ask_for_tasks(lost, std::nullopt).path,
              "/nodes/px/tasks?source=all&vmid=100&limit=50");
}

TEST(Lost, AsksForMoreWhereNoVmNarrowsTheSearch) {
    const LostChange download{"px", "x.iso", "root@pam!token", {"download"}};
    EXPECT_EQ(ask_for_tasks(download, std::nullopt).path,
              "/nodes/px/tasks?source=all&typefilter=download&limit=500");
}

}  // namespace
}  // namespace proxmox
