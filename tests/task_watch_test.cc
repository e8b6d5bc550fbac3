// How tasks are awaited: when the node is asked, what its answers mean, and when waiting ends.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "loop/task_watch.h"

#include <gtest/gtest.h>

namespace proxmox {
namespace {

using namespace std::chrono_literals;

std::string upid_of(int vm_id) {
    return "UPID:px:0000A1B2:00C0FFEE:67E00000:qmstart:" + std::to_string(vm_id) + ":u@pve!t:";
}

Answer answer(int status, std::string body) {
    return {.transport = Transport::answered,
            .status = status,
            .reason = status == 200 ? "OK" : "Parameter verification failed.",
            .content_type = "application/json",
            .body = std::move(body)};
}

std::string running(int vm_id) { return R"({"upid":")" + upid_of(vm_id) + R"("})"; }
std::string ended(int vm_id, const std::string& status) {
    return R"({"upid":")" + upid_of(vm_id) + R"(","endtime":1,"status":")" + status + R"("})";
}

class TaskWatchTest : public testing::Test {
  protected:
    TaskWatch watch{"px"};
    milliseconds now{0};

    void add(int vm_id, milliseconds deadline = 30s) {
        watch.add(static_cast<std::uint64_t>(vm_id), {upid_of(vm_id), deadline}, now);
    }
    /// Goes to when something is due, and asks.
    std::string next_question() {
        const auto due = watch.due();
        if (!due) return "nothing is due";
        now = std::max(now, *due);
        const auto request = watch.poll(now);
        return request ? request->path : "no question";
    }
    void reply(Answer given) { watch.answered(given, now); }
    /// How often is asked for a task that takes so long.
    int looks_at(milliseconds duration) {
        add(100, now + 60s);
        const milliseconds began = now;
        for (int looks = 1;; ++looks) {
            next_question();
            list(now - began >= duration ? ended(100, "OK") : running(100));
            if (!watch.take_ended().empty()) return looks;
        }
    }
    void list(const std::string& rows) { reply(answer(200, R"({"data":[)" + rows + "]}")); }
};

TEST_F(TaskWatchTest, AsksOnceForAllTasksOfTheNode) {
    EXPECT_FALSE(watch.due());
    add(100);
    add(101);
    EXPECT_EQ(next_question(), "/nodes/px/tasks?source=all&since=1742733312&limit=500");
    EXPECT_FALSE(watch.poll(now)) << "one question at a time";
    list(ended(101, "OK") + ',' + running(100));
    const auto done = watch.take_ended();
    ASSERT_EQ(done.size(), 1U);
    EXPECT_EQ(done[0].job, 101U);
    EXPECT_EQ(done[0].end.exit_status, "OK");
    EXPECT_EQ(next_question(), "/nodes/px/tasks?source=all&since=1742733312&limit=500&vmid=100");
}

TEST_F(TaskWatchTest, PausesGrowWithTheAgeOfTheTaskUpToALimit) {
    add(100, 60s);
    milliseconds before = now, longest{0};
    int questions = 0;
    while (now < 20s) {
        ASSERT_NE(next_question(), "no question");
        const milliseconds pause = now - before;
        EXPECT_GE(pause, shortest_poll_pause);
        EXPECT_LE(pause, longest_poll_pause);
        EXPECT_GE(pause, longest);
        longest = pause;
        before = now;
        ++questions;
        list(running(100));
    }
    EXPECT_EQ(longest, longest_poll_pause);
    EXPECT_LT(questions, 80);
}

TEST_F(TaskWatchTest, WhatTasksOfItsTypeHaveTakenDecidesWhenItIsFirstAskedFor) {
    EXPECT_GE(looks_at(1s), 10);
    const milliseconds began = now;
    EXPECT_LE(looks_at(1s), 3);
    EXPECT_LE(now - began, 1100ms);
    EXPECT_LE(looks_at(1100ms), 5);
    // One that has ended long before is not waited for much longer, nor is the next.
    EXPECT_EQ(looks_at(100ms), 1);
    EXPECT_LE(looks_at(600ms), 3);
    // One that takes much longer is not asked for ever more often.
    EXPECT_LE(looks_at(20s), 60);
}

TEST_F(TaskWatchTest, LooksThatComeSoonAfterOneAnotherAreOne) {
    looks_at(1s);
    for (int vm_id = 100; vm_id < 110; ++vm_id) {
        add(vm_id);
        now += 5ms;
    }
    const milliseconds began = now;
    int questions = 0;
    while (watch.due() && questions < 100) {
        next_question();
        ++questions;
        std::string rows;
        for (int vm_id = 100; vm_id < 110; ++vm_id)
            rows += (vm_id > 100 ? "," : "") +
                    (now - began >= 1s ? ended(vm_id, "OK") : running(vm_id));
        list(rows);
        watch.take_ended();
    }
    EXPECT_LE(questions, 4);
}

TEST_F(TaskWatchTest, AMissingTaskIsAskedForByItsIdAndGoneAfterSeveralDenials) {
    add(100);
    for (int absences = 0; absences < absences_allowed; ++absences) {
        EXPECT_NE(next_question().find("source=all"), std::string::npos);
        list("");
    }
    for (int denials = 0; denials < denials_allowed; ++denials) {
        EXPECT_NE(next_question().find("/status"), std::string::npos);
        EXPECT_TRUE(watch.take_ended().empty());
        reply(answer(400, R"({"data":null,"errors":{"upid":"no such task"}})"));
    }
    const auto done = watch.take_ended();
    ASSERT_EQ(done.size(), 1U);
    EXPECT_EQ(done[0].end.how, TaskEnd::How::vanished);
}

TEST_F(TaskWatchTest, ATaskFoundByItsIdEndsWithItsExitStatus) {
    add(100);
    for (int absences = 0; absences < absences_allowed; ++absences) {
        next_question();
        list("");
    }
    next_question();
    reply(answer(200, R"({"data":{"status":"stopped","exitstatus":"WARNINGS: 2"}})"));
    ASSERT_EQ(watch.take_ended().at(0).end.exit_status, "WARNINGS: 2");
}

TEST_F(TaskWatchTest, AFailedPollSaysNothingAboutTheTask) {
    add(100);
    for (int polls = 0; polls < 5; ++polls) {
        next_question();
        reply({.transport = Transport::lost, .trouble = "gone"});
        EXPECT_TRUE(watch.take_ended().empty());
    }
    next_question();
    list(ended(100, "OK"));
    EXPECT_EQ(watch.take_ended().size(), 1U);
}

TEST_F(TaskWatchTest, AnEndThatIsNoTextIsNoVerdict) {
    add(100, 60s);
    for (const char* status : {"7", "null", "{}", "[]", "true", "\"\""}) {
        next_question();
        list(R"({"endtime":1,"status":)" + std::string(status) + R"(,"upid":")" + upid_of(100) +
             R"("})");
        EXPECT_TRUE(watch.take_ended().empty()) << status;
    }
    for (int absences = 0; absences < absences_allowed; ++absences) {
        next_question();
        list("");
    }
    for (const char* status : {"7", "null", "\"\""}) {
        EXPECT_NE(next_question().find("/status"), std::string::npos);
        reply(answer(200,
                     R"({"data":{"status":"stopped","exitstatus":)" + std::string(status) + "}}"));
        EXPECT_TRUE(watch.take_ended().empty()) << status;
    }
    next_question();
    reply(answer(200, R"({"data":{"status":"stopped"}})"));
    EXPECT_TRUE(watch.take_ended().empty());
}

TEST_F(TaskWatchTest, TheDeadlineEndsTheWaitAfterOneLastLook) {
    add(100, 1s);
    while (now < 1s) {
        next_question();
        list(running(100));
    }
    const auto done = watch.take_ended();
    ASSERT_EQ(done.size(), 1U);
    EXPECT_EQ(done[0].end.how, TaskEnd::How::still_running);
    EXPECT_FALSE(watch.due());
}

TEST_F(TaskWatchTest, ALookThatBeganBeforeTheDeadlineIsNoVerdict) {
    add(100, 1s);
    next_question();
    now = 90s;  // this process stood still
    list(running(100));
    watch.expire(now);
    EXPECT_TRUE(watch.take_ended().empty());
    EXPECT_NE(next_question(), "no question");
    watch.expire(now);
    EXPECT_TRUE(watch.take_ended().empty()) << "the last look has its own time";
    list(ended(100, "OK"));
    EXPECT_EQ(watch.take_ended().at(0).end.exit_status, "OK");
}

TEST_F(TaskWatchTest, APollThatNeverComesBackDoesNotHoldTheLine) {
    add(100, 1s);
    next_question();
    ASSERT_EQ(watch.due(), 1s + last_poll_grace);
    watch.expire(*watch.due());
    EXPECT_EQ(watch.take_ended().at(0).end.how, TaskEnd::How::still_running);
}

}  // namespace
}  // namespace proxmox
