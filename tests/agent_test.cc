// The way through a guest agent: words and bytes, and a way that never asks twice.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <optional>

#include "guest/agent_way.h"
#include "guest/agent_words.h"
#include "way/walk.h"

namespace proxmox {
namespace {

using namespace std::chrono_literals;

TEST(AgentWords, BytesThatWereShownAsCharactersAreBytesAgain) {
    EXPECT_EQ(bytes_of("plain\n"), "plain\n");
    EXPECT_EQ(bytes_of("\u00c3\u00a9"), "\u00e9") << "two bytes that are one character";
    EXPECT_EQ(bytes_of("\u00e9"), "\u00e9") << "a byte that is no UTF-8 stays a character";
    EXPECT_EQ(bytes_of("\u2713 \u00c3\u00a9"), "\u2713 \u00c3\u00a9") << "text that was decoded";
}

TEST(AgentWords, RefusalsThatProveThatNothingRanAreToldFromThoseThatDoNot) {
    EXPECT_TRUE(says_agent_is_missing("QEMU guest agent is not running"));
    EXPECT_FALSE(says_agent_is_missing("No QEMU guest agent configured"));
    EXPECT_TRUE(says_agent_was_late("VM 100 qga command 'guest-exec' failed - got timeout"));
    EXPECT_FALSE(says_agent_was_late("Agent error: got timeout"));
    EXPECT_TRUE(is_plain("one\ntwo"));
    EXPECT_FALSE(is_plain("\u00e9"));
    EXPECT_FALSE(is_plain(std::string_view("a\0b", 3)));
}

constexpr Prints some_prints{};
constexpr GuestStep some_program{
    .commands = {{.stage = "run the program", .limit = 60s, .limit_key = "run_timeout"}},
    .runs_operands = true,
};
constexpr GuestStep some_file{
    .commands = {{.stage = "put the file there", .limit = 60s, .proofs = {"uploaded"}}},
    .uploads = true,
};

class AgentWayTest : public testing::Test {
  protected:
    Step begin(const AgentRun& agents) {
        Record record(1);
        record.set("vm_id", "100");
        walk_.emplace(run_, claimed_, std::move(record),
                      [&agents](Line& line) { return go_through_agent(line, agents); });
        return walk_->begin(now_);
    }

    Step answer(int status, std::string body) {
        Answer answer{.transport = Transport::answered, .status = status, .reason = "no"};
        answer.body = std::move(body);
        return walk_->go_on(&answer, now_);
    }
    Step refuse(std::string_view message) {
        return answer(500, R"({"data":null,"message":")" + std::string(message) + R"(\n"})");
    }
    Step lose() {
        Answer answer{.transport = Transport::lost, .trouble = "cut"};
        return walk_->go_on(&answer, now_);
    }
    template <typename T>
    static const T* wanted(const Step& step) {
        const auto* want = std::get_if<Want>(&step);
        return want == nullptr ? nullptr : std::get_if<T>(want);
    }
    static std::string request_of(const Step& step) {
        const Ask* ask = wanted<Ask>(step);
        return ask == nullptr ? "" : ask->request.path + ' ' + ask->request.body;
    }
    static Exit exit_of(const Step& step) { return std::get<Ending>(step).exit; }

    const proxmox::Run run_{.printing = {.prints = some_prints, .action = "guest_run"},
                            .home = {.node = "px"},
                            .wait = 100s};
    const AgentRun program_{.step = some_program, .operands = {.words = {"rm", "a b"}}};
    const AgentRun file_{.step = some_file,
                         .operands = {.words = {"here", "/there"}, .file_size = 2},
                         .pieces = {"YQ==", "Yg=="},
                         .token = "t"};
    ClaimedTasks claimed_;
    std::optional<Walk> walk_;
    Moment now_{};
};

TEST_F(AgentWayTest, AProgramIsAskedForOnceWhateverBecomesOfTheReply) {
    const std::string asked = request_of(begin(program_));
    EXPECT_TRUE(asked.starts_with("/nodes/px/qemu/100/agent/exec command=sh&command=-c&")) << asked;
    EXPECT_TRUE(asked.ends_with("&command=sh&command=rm&command=a%20b")) << asked;
    EXPECT_EQ(exit_of(lose()), Exit::outcome_unknown);
    begin(program_);
    EXPECT_EQ(exit_of(refuse("VM 100 qga command 'guest-exec' failed - got timeout")),
              Exit::outcome_unknown);
    begin(program_);
    EXPECT_EQ(exit_of(answer(200, R"({"data":{}})")), Exit::outcome_unknown);
}

TEST_F(AgentWayTest, AnAgentThatIsMissingIsAskedAgainUntilTheTimeIsUpAndNoLonger) {
    begin(program_);
    Step step = refuse("QEMU guest agent is not running");
    int asked = 0;
    while (const Sleep* sleep = asked++ < 1000 ? wanted<Sleep>(step) : nullptr) {
        now_.elapsed = sleep->until;
        EXPECT_NE(request_of(walk_->go_on({}, now_)), "");
        step = refuse("QEMU guest agent is not running");
    }
    EXPECT_EQ(exit_of(step), Exit::unreachable);
    EXPECT_EQ(now_.elapsed, 100s);
    EXPECT_FALSE(walk_->doing().change_is_open);
}

TEST_F(AgentWayTest, WhatEndedIsToldWithStatusOrSignal) {
    begin(program_);
    EXPECT_EQ(request_of(answer(200, R"({"data":{"pid":7}})")),
              "/nodes/px/qemu/100/agent/exec-status?pid=7 ");
    EXPECT_NE(wanted<Sleep>(answer(200, R"({"data":{"exited":0}})")), nullptr);
    EXPECT_NE(request_of(walk_->go_on({}, now_)), "");
    EXPECT_EQ(exit_of(answer(200, R"({"data":{"exited":1,"exitcode":0}})")), Exit::ok);
    begin(program_);
    answer(200, R"({"data":{"pid":7}})");
    const Step step = answer(200, R"({"data":{"exited":1,"signal":9}})");
    EXPECT_EQ(exit_of(step), Exit::line_failed);
    EXPECT_NE(std::get<Ending>(step).reason.find("status 137"), std::string::npos);
}

TEST_F(AgentWayTest, AnInterruptionStopsWhatRunsAndNothingElse) {
    begin(program_);
    EXPECT_FALSE(walk_->wind_up(now_)) << "nothing is known to run yet";
    answer(200, R"({"data":{"pid":7}})");
    const auto last = walk_->wind_up(now_);
    ASSERT_TRUE(last);
    EXPECT_EQ(request_of(*last),
              "/nodes/px/qemu/100/agent/exec command=kill&command=-TERM&command=7");
    EXPECT_FALSE(walk_->wind_up(now_)) << "once is enough";
    EXPECT_EQ(exit_of(answer(200, R"({"data":{"pid":8}})")), Exit::outcome_unknown);
}

TEST_F(AgentWayTest, APieceIsPutAgainAndTakenAwayWhenTheFileCannotBeWhole) {
    EXPECT_EQ(request_of(begin(file_)),
              "/nodes/px/qemu/100/agent/file-write "
              "content=YQ%3D%3D&encode=0&file=%2Fthere.range42-t.0");
    EXPECT_NE(wanted<Sleep>(lose()), nullptr);
    EXPECT_NE(request_of(walk_->go_on({}, now_)).find("range42-t.0"), std::string::npos);
    EXPECT_NE(request_of(answer(200, R"({"data":null})")).find("range42-t.1"), std::string::npos);
    EXPECT_EQ(request_of(refuse("Agent error: disk full")),
              "/nodes/px/qemu/100/agent/exec command=rm&command=-f&command=--&command="
              "%2Fthere.range42-t.0&command=%2Fthere.range42-t.1");
    EXPECT_EQ(exit_of(answer(200, R"({"data":{"pid":8}})")), Exit::line_failed);
}

}  // namespace
}  // namespace proxmox
