// Lost replies and odd ends: what a line takes for done, and what it never does.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: what proves a change and what does not stand beside one another.
#include <fmt/format.h>

#include "factory/snapshots.h"
#include "way_fixture.h"

namespace proxmox {
namespace {

constexpr Tool reboot{
    .name = "test",
    .action = "vm_reboot",
    .summary = "",
    .lines = {.keys = one_vm},
    .plain = {.changes = {{.method = Method::post,
                           .path = "{guest}/status/reboot",
                           .tasks = {"reboot"},
                           .proof = has_rebooted}},
              .reading = {.path = state_path}},
    .wait = 60s,
    .prints = {.columns = {{"vm_id", text("{vm_id}")}, {"vm_status", "status"}}},
    .words = {"POST reboot", "task {upid} still running after {wait}s"},
};

constexpr Tool hold{
    .name = "test",
    .action = "vm_pause",
    .summary = "",
    .lines = {.keys = one_vm},
    .plain = {.changes = {{.method = Method::post,
                           .path = "{guest}/status/suspend",
                           .tasks = {"pause", "suspend"},
                           .proof = is_paused}},
              .reading = {.path = state_path}},
    .wait = 10s,
    .prints = {.columns = {{"vm_id", text("{vm_id}")}, {"vm_status", "status"}}},
    .words = {"POST suspend", "task {upid} still running after {wait}s"},
};

constexpr Tool removal{
    .name = "test",
    .action = "vm_delete",
    .summary = "",
    .lines = {.keys = one_vm},
    .plain = {.changes = {{.method = Method::del,
                           .path = "{guest}",
                           .tasks = {"destroy"},
                           .proof = is_gone}}},
    .wait = 60s,
    .prints = {.columns = {{"vm_id", text("{vm_id}")}, {"raw_data", json_of("raw_data")}}},
    .words = {"DELETE", "task {upid} still running after {wait}s"},
};

constexpr Tool snap{
    .name = "test",
    .action = "snapshot_vm_create",
    .summary = "",
    .lines = {.keys = one_vm},
    .plain = {.changes = {{.method = Method::post,
                           .path = "{guest}/snapshot",
                           .body = {{{"snapname", text("after")}}},
                           .tasks = {"snapshot"},
                           .proof = snapshot_is_there}}},
    .wait = 60s,
    .prints = {.columns = {{"vm_id", text("{vm_id}")}}},
    .words = {"POST snapshot", "task {upid} still running after {wait}s"},
};

/// It began as the reply to a success, and broke off.
Answer broken_success() {
    Answer broken = good("\"UP");
    broken.transport = Transport::lost;
    broken.body.resize(broken.body.size() / 2);
    return broken;
}

Answer proxy_timeout() { return reply(596, "", "Connection timed out"); }

Answer page() {
    Answer page = reply(200, "<html></html>");
    page.content_type = "text/html";
    return page;
}

Answer missing() {
    return error("Configuration file 'nodes/px-testing/qemu-server/100.conf' does not exist");
}

std::string task(const char* type, int pid, int seconds_later = 0) {
    return fmt::format("UPID:px-testing:{:08X}:00C0FFEE:{:08X}:{}:100:u@pve!t:", pid,
                       0x67E00000 + seconds_later, type);
}

std::string row(const std::string& of_task, const char* status) {
    return fmt::format(R"({{"upid":"{}","status":"{}"}})", of_task, status);
}

class ProofTest : public WayTest {
  protected:
    const proxmox::Run rebooting = run_for(reboot);
    const proxmox::Run holding = run_for(hold);
    const proxmox::Run removing = run_for(removal);
    const proxmox::Run snapping = run_for(snap);

    bool asks_for_tasks() const { return asked().starts_with("GET /nodes/px-testing/tasks?"); }
    /// Nothing is found, however long it is looked for.
    void find_nothing(const std::string& tasks, const std::string& state) {
        for (int looks = 0; looks < 200 && !std::holds_alternative<Ending>(step); ++looks) {
            ASSERT_FALSE(asked().starts_with("POST"));
            if (std::holds_alternative<Sleep>(step))
                wake();
            else
                answer(good(asks_for_tasks() ? tasks : state));
        }
        EXPECT_EQ(ending().exit, Exit::outcome_unknown);
        EXPECT_EQ(ending().output, "");
        EXPECT_NE(traces().find("check with: pvesh"), std::string::npos);
    }
};

TEST_F(ProofTest, AStateThatIsReachedIsDoneWhoeverReachedIt) {
    begin();
    answer(trouble(Transport::lost));
    EXPECT_TRUE(asks_for_tasks());
    answer(good("[]"));
    EXPECT_EQ(asked(), current);
    answer(good(R"({"status":"running"})"));
    EXPECT_EQ(asked(), current) << "and is read as after any start";
    answer(good(R"({"status":"running"})"));
    EXPECT_EQ(ending().exit, Exit::ok);
    EXPECT_NE(traces().find("the reply was lost"), std::string::npos);
}

TEST_F(ProofTest, AStateIsNotBelievedWhileATaskMayUndoIt) {
    begin();
    answer(trouble(Transport::lost));
    answer(good('[' + row(task("qmstart", 7), "RUNNING") + ']'));
    ASSERT_TRUE(std::holds_alternative<Sleep>(step)) << "the state is not even looked at";
    wake();
    answer(good('[' + row(task("qmstart", 7), "start failed") + ']'));
    EXPECT_EQ(asked(), current);
    answer(good(R"({"status":"stopped"})"));
    EXPECT_TRUE(std::holds_alternative<Sleep>(step));
}

TEST_F(ProofTest, ATaskThatEndedWellIsNoProofOfOurs) {
    begin();
    answer(trouble(Transport::lost));
    find_nothing('[' + row(task("qmstart", 7), "OK") + ']', R"({"status":"stopped"})");
}

TEST_F(ProofTest, WhatLeavesNoTraceKnowsTheTasksFromBefore) {
    begin(rebooting, reboot);
    EXPECT_TRUE(asks_for_tasks()) << "before anything is sent";
    answer(good("[]"));
    EXPECT_TRUE(asked().starts_with("POST"));
    answer(broken_success());
    answer(good('[' + row(task("qmreboot", 7), "RUNNING") + ']'));
    ASSERT_TRUE(std::holds_alternative<AwaitTask>(step));
    now.elapsed += 5s;
    end_task("OK");
    answer(good(R"({"status":"running","uptime":3})"));
    answer(good(R"({"status":"running","uptime":3})"));
    EXPECT_EQ(ending().exit, Exit::ok);
}

TEST_F(ProofTest, ARebootThatNobodySeesIsUnknown) {
    begin(rebooting, reboot);
    answer(good("[]"));
    answer(broken_success());
    answer(good('[' + row(task("qmreboot", 7), "OK") + ']'));
    end_task("OK");
    answer(good(R"({"status":"running","uptime":86400})"));
    EXPECT_EQ(ending().exit, Exit::outcome_unknown);
    EXPECT_EQ(ending().output, "");
}

TEST_F(ProofTest, AnOlderRebootIsNeverTakenWhateverTheClocksSay) {
    for (const int seconds_later : {-8, -1, 0, 20}) {
        const std::string older = '[' + row(task("qmreboot", 7, seconds_later), "OK") + ']';
        claimed.clear();
        begin(rebooting, reboot);
        answer(good(older));
        answer(broken_success());
        find_nothing(older, R"({"status":"running","uptime":1})");
    }
}

TEST_F(ProofTest, ARebootWithoutAnyReplyMayBeAnothersEvenIfItIsTheOnlyOne) {
    for (const Answer& reply : {trouble(Transport::lost), proxy_timeout(), page()}) {
        claimed.clear();
        begin(rebooting, reboot);
        answer(good("[]"));
        answer(reply);
        answer(good('[' + row(task("qmreboot", 8), "OK") + ']'));
        EXPECT_EQ(ending().exit, Exit::outcome_unknown);
        EXPECT_EQ(ending().output, "");
        EXPECT_NE(traces().find("its task may be another's"), std::string::npos);
    }
}

TEST_F(ProofTest, OfTwoNewTasksNoneIsTaken) {
    begin(rebooting, reboot);
    answer(good("[]"));
    answer(broken_success());
    answer(good('[' + row(task("qmreboot", 7), "OK") + ',' + row(task("qmreboot", 8), "OK") + ']'));
    EXPECT_EQ(ending().exit, Exit::outcome_unknown);
    EXPECT_NE(traces().find("several tasks could be it"), std::string::npos);
}

TEST_F(ProofTest, AGuestIsGoneWhoeverHasDeletedItAndHisTaskIsNotOurs) {
    begin(removing, removal);
    answer(good("[]"));
    answer(trouble(Transport::lost));
    answer(good('[' + row(task("qmdestroy", 8), "OK") + ']'));
    EXPECT_EQ(asked(), "GET /nodes/px-testing/qemu/100/config");
    answer(missing());
    EXPECT_EQ(ending().exit, Exit::ok) << traces();
    EXPECT_EQ(ending().output.find("UPID"), std::string::npos) << ending().output;
}

TEST_F(ProofTest, AGuestThatIsElsewhereWithoutATaskIsNotDeleted) {
    begin(removing, removal);
    answer(good("[]"));
    answer(trouble(Transport::lost));
    for (int looks = 0; looks < 200 && !std::holds_alternative<Ending>(step); ++looks) {
        if (std::holds_alternative<Sleep>(step))
            wake();
        else
            answer(asks_for_tasks() ? good("[]") : missing());
    }
    EXPECT_EQ(ending().exit, Exit::outcome_unknown);
}

TEST_F(ProofTest, ASnapshotOfTheSameNameMayBeOlderOrAnothers) {
    for (const char* const ended : {"OK", "snapshot name 'after' already used"}) {
        claimed.clear();
        begin(snapping, snap);
        answer(good("[]"));
        answer(trouble(Transport::lost));
        find_nothing('[' + row(task("qmsnapshot", 7), ended) + ']',
                     R"([{"name":"after","snaptime":1},{"name":"current","parent":"after"}])");
    }
}

TEST_F(ProofTest, ASnapshotWhoseReplyHadBegunIsTheOneOfItsOwnTask) {
    begin(snapping, snap);
    answer(good("[]"));
    answer(broken_success());
    answer(good('[' + row(task("qmsnapshot", 7), "snapshot name 'after' already used") + ']'));
    end_task("snapshot name 'after' already used");
    while (std::holds_alternative<Ask>(step)) answer(good("[]"));
    EXPECT_EQ(ending().exit, Exit::line_failed);
    EXPECT_EQ(ending().output, "");
}

TEST_F(ProofTest, AWorkerThatWasEndedBeforeItBeganIsAskedForAgain) {
    begin();
    answer(error("got no worker upid - start worker failed"));
    EXPECT_EQ(asked(), current) << "to make sure that nothing ran";
    answer(good(R"({"status":"stopped"})"));
    wake();
    EXPECT_EQ(asked(), post);
    answer(good('"' + std::string(upid) + '"'));
    end_task("OK");
    answer(good(R"({"status":"running"})"));
    EXPECT_EQ(ending().exit, Exit::ok);
}

TEST_F(ProofTest, AWorkerThatNeverBeginsIsARefusalInTheEnd) {
    begin();
    int posts = 0;
    for (int steps = 0; steps < 100 && !std::holds_alternative<Ending>(step); ++steps) {
        if (std::holds_alternative<Sleep>(step))
            wake();
        else if (asked() == post)
            ++posts, answer(error("got no worker upid - start worker failed"));
        else
            answer(good(R"({"status":"stopped"})"));
    }
    EXPECT_EQ(posts, worker_tries);
    EXPECT_EQ(ending().exit, Exit::line_failed);
}

TEST_F(ProofTest, AStartThatFindsAPausedMachineHasNotMadeItRun) {
    become_started();
    end_task("VM 100 already running");
    answer(good(R"({"status":"running","qmpstatus":"paused"})"));
    EXPECT_EQ(ending().exit, Exit::line_failed);
    EXPECT_EQ(ending().output, "");
    EXPECT_NE(traces().find("paused"), std::string::npos);
}

TEST_F(ProofTest, APauseThatIsNotDoneIsNeverPrintedAsADoneOne) {
    const std::string accepted = '"' + task("qmpause", 7) + '"';
    for (const bool is_overdue : {true, false}) {
        claimed.clear();
        begin(holding, hold);
        answer(good(accepted));
        now.elapsed += 11s;
        end_task("OK", is_overdue ? TaskEnd::How::still_running : TaskEnd::How::stopped);
        answer(good(R"({"status":"running","qmpstatus":"running"})"));
        EXPECT_EQ(ending().exit, Exit::outcome_unknown);
        EXPECT_EQ(ending().output, "");
    }
}

TEST_F(ProofTest, ASnapshotIsThereWithItsNameAndItsDescription) {
    Record record(1);
    record.set("vm_snapshot_name", "after");
    record.set("vm_snapshot_description", "two\nlines");
    const auto shown = [&record](const std::string& rows) {
        Finding finding{.verdict = Verdict::good};
        finding.document = *json::Document::parse(R"({"data":)" + rows + '}');
        return shows_snapshot({finding, record});
    };
    EXPECT_EQ(shown(R"([{"name":"before"},{"name":"current","parent":"before"}])"), Shown::no);
    EXPECT_EQ(shown(R"([{"name":"after","description":"two\nlines\n"}])"), Shown::yes);
    EXPECT_EQ(shown(R"([{"name":"after","description":"another's"}])"), Shown::no);
    EXPECT_EQ(shown(R"([{"name":"after","snapstate":"prepare"}])"), Shown::under_way);
}

}  // namespace
}  // namespace proxmox
