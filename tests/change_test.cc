// A line's change: its task and what may become of it, locks, lost replies, refused parameters.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "way_fixture.h"

namespace proxmox {
namespace {

TEST_F(WayTest, AFailedTaskIsAFailedLineWithItsLog) {
    become_started();
    end_task("start failed: QEMU exited with code 1");
    EXPECT_TRUE(asked().starts_with("GET /nodes/px-testing/tasks/UPID%3Apx-testing"));
    answer(good(R"([{"t":"kvm: no disk"},{"t":"TASK ERROR: start failed"}])"));
    EXPECT_EQ(ending().output, "");
    EXPECT_EQ(ending().exit, Exit::line_failed);
    EXPECT_NE(traces().find("QEMU exited with code 1"), std::string::npos);
    EXPECT_NE(traces().find("kvm: no disk"), std::string::npos);
}

TEST_F(WayTest, WarningsAndWhatIsSettledAreSuccessTraced) {
    for (const char* text : {"WARNINGS: 1", "VM 100 already running"}) {
        become_started();
        end_task(text);
        answer(good(R"({"status":"running"})"));
        EXPECT_EQ(ending().exit, Exit::ok) << text;
        EXPECT_NE(ending().output, "");
        EXPECT_NE(traces().find(text), std::string::npos);
    }
    become_started();
    end_task("VM 1000 already running");
    EXPECT_NE(asked(), current) << "another VM's words are a failure";
}

TEST_F(WayTest, ATaskThatOutlivesTheWaitIsTracedAndPrintedAsItIs) {
    become_started();
    end_task("", TaskEnd::How::still_running);
    answer(good(R"({"status":"stopped"})"));
    EXPECT_EQ(ending().exit, Exit::outcome_unknown);
    EXPECT_NE(ending().output.find(R"("vm_status":"stopped")"), std::string::npos);
    EXPECT_EQ(traces(), "task " + std::string(upid) +
                            " still running after 30s ; fetching current status anyway.\n");
}

TEST_F(WayTest, AWorkerThatDiedIsAnUnknownOutcomeToldWithTheState) {
    become_started();
    end_task("unexpected status");
    EXPECT_EQ(asked(), current);
    answer(good(R"({"status":"running"})"));
    EXPECT_EQ(ending().exit, Exit::outcome_unknown);
    EXPECT_EQ(ending().output, "");
    EXPECT_NE(traces().find("the worker died"), std::string::npos);
    EXPECT_NE(traces().find("the VM is running now"), std::string::npos);
}

TEST_F(WayTest, WithoutAReadNothingIsSaidToBeGoneThatMayStillBeThere) {
    Change removal = *start.plain.changes.begin();
    removal.method = Method::del;
    Tool destroy = start;
    destroy.plain = {.changes = {removal}};
    const proxmox::Run other = run_for(destroy);
    for (const auto how : {TaskEnd::How::still_running, TaskEnd::How::vanished}) {
        claimed.clear();
        begin(other, destroy);
        answer(good('"' + std::string(upid) + '"'));
        end_task("", how);
        EXPECT_EQ(ending().exit, Exit::outcome_unknown);
        EXPECT_EQ(ending().output, "");
        EXPECT_NE(traces().find(upid), std::string::npos);
    }
}

/// The id of the n-th task that a line's change began.
std::string upid_number(int number) {
    return fmt::format("UPID:px-testing:{:08X}:00C0FFEE:67E00000:qmstart:100:u@pve!t:", number);
}

TEST_F(WayTest, ALockIsTriedAgainForALongWhile) {
    const std::string busy = "can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout";
    become_started();
    const milliseconds lock_wait = 10s;  // as long as a task of Proxmox waits for it
    int attempts = 0;
    for (; attempts < 50; ++attempts) {
        now.elapsed += lock_wait;
        end_task(busy);
        if (!std::holds_alternative<Sleep>(step)) break;
        wake();
        EXPECT_EQ(asked(), post);
        answer(good('"' + upid_number(attempts) + '"'));
    }
    EXPECT_EQ(attempts, 6) << "Proxmox's own clean-up holds it for longer than upstream waits";
    EXPECT_TRUE(asked().find("/log") != std::string::npos);
}

TEST_F(WayTest, ALockIsNotWaitedForWithoutEndWhereAnswersAreSlow) {
    become_started();
    int attempts = 0;
    for (; attempts < 50; ++attempts) {
        end_task("can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout");
        if (!std::holds_alternative<Sleep>(step)) break;
        wake();
        now.elapsed += 35s;
        answer(good('"' + upid_number(attempts) + '"'));
    }
    EXPECT_EQ(attempts, 2);
}

constexpr std::string_view managed_upid =
    "UPID:px-testing:0000A1B2:00C0FFEE:67E00000:hastart:100:u@pve!t:";

TEST_F(WayTest, Row37AnHaTaskIsOnlyARequestAndTheStateDecides) {
    begin();
    answer(good('"' + std::string(managed_upid) + '"'));
    end_task("OK");
    for (int looks = 0; looks < 5; ++looks) {
        EXPECT_EQ(asked(), current);
        answer(good(R"({"status":"stopped"})"));
        wake();
    }
    answer(good(R"({"status":"running"})"));
    EXPECT_EQ(ending().exit, Exit::ok);
    EXPECT_EQ(traces(), "");
    EXPECT_NE(ending().output.find(R"("vm_status":"running")"), std::string::npos);
}

TEST_F(WayTest, Row37HaThatDoesNothingIsAnUnknownOutcomeAtTheDeadline) {
    begin();
    answer(good('"' + std::string(managed_upid) + '"'));
    end_task("OK");
    int looks = 0;
    for (; looks < 100 && !std::holds_alternative<Ending>(step); ++looks) {
        EXPECT_EQ(asked(), current);
        answer(good(R"({"status":"stopped"})"));
        if (std::holds_alternative<Sleep>(step)) wake();
    }
    EXPECT_GT(looks, 20);
    EXPECT_EQ(ending().exit, Exit::outcome_unknown);
    EXPECT_NE(ending().output.find(R"("vm_status":"stopped")"), std::string::npos);
    EXPECT_NE(traces().find("HA has taken"), std::string::npos);
}

TEST_F(WayTest, TheWaitBeginsWhenTheChangeIsSentNotWhileItQueues) {
    begin();
    now.elapsed += 29s;
    answer(good('"' + std::string(upid) + '"'));
    ASSERT_TRUE(std::holds_alternative<AwaitTask>(step));
    EXPECT_EQ(std::get<AwaitTask>(step).deadline, 29s + run.wait);
}

TEST_F(WayTest, TasksAreLookedForSinceTheChangeWasSentNotSinceItQueued) {
    now.server = 0x67E00000;
    begin();
    now.elapsed += 60s;
    answer(trouble(Transport::lost));
    // Ten milliseconds are a second begun, and the clocks' margin is two more.
    EXPECT_NE(asked().find("&since=" + std::to_string(0x67E00000 - 3) + "&"), std::string::npos)
        << asked();
}

TEST_F(WayTest, AConnectionThatTookTooLongIsNotTriedAgain) {
    begin();
    Answer refused = trouble(Transport::not_connected);
    refused.took = connect_limit;
    now.elapsed += refused.took;
    tell(&refused);
    EXPECT_EQ(ending().exit, Exit::unreachable);
}

TEST_F(WayTest, AParameterThatANodeDoesNotKnowIsLeftOutOnce) {
    begin();
    EXPECT_EQ(std::get<Ask>(step).request.body, "timeout=10&overrule-shutdown=1");
    const std::string unknown =
        R"({"data":null,"errors":{"overrule-shutdown":"property is not defined in schema"}})";
    answer(reply(400, unknown, "Parameter verification failed."));
    EXPECT_EQ(asked(), post);
    EXPECT_EQ(std::get<Ask>(step).request.body, "timeout=10");
    answer(reply(400, unknown, "Parameter verification failed."));
    EXPECT_EQ(ending().exit, Exit::line_failed);
}

TEST_F(WayTest, ALostReplyWithoutATaskIsAnUnknownOutcomeAndNoSecondPost) {
    begin();
    answer(trouble(Transport::lost));
    for (int looks = 0; looks < 200 && !std::holds_alternative<Ending>(step); ++looks) {
        EXPECT_FALSE(asked().starts_with("POST"));
        answer(good("[]"));
        if (std::holds_alternative<Sleep>(step)) wake();
    }
    EXPECT_EQ(ending().exit, Exit::outcome_unknown);
    EXPECT_NE(traces().find("check with: pvesh"), std::string::npos);
}

TEST_F(WayTest, ARefusedConnectionIsTriedAgainAndThenAFailedLine) {
    begin();
    int posts = 0;
    while (!std::holds_alternative<Ending>(step) && posts < 10) {
        EXPECT_EQ(asked(), post);
        ++posts;
        answer(trouble(Transport::not_connected));
        if (std::holds_alternative<Sleep>(step)) wake();
    }
    EXPECT_EQ(posts, 3);
    EXPECT_EQ(ending().exit, Exit::unreachable);
}

}  // namespace
}  // namespace proxmox
