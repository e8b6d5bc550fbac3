// A line's way through its states, fed with answers as recorded; no server, no clock.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "job.h"

#include <gtest/gtest.h>

#include "snapshots.h"

namespace proxmox {
namespace {

constexpr std::string_view upid = "UPID:px-testing:0000A1B2:00C0FFEE:67E00000:qmstart:100:u@pve!t:";

constexpr Action start{
    .tool = "test",
    .name = "vm_start",
    .summary = "",
    .input = one_vm,
    .act = {.method = Method::post,
            .path = "/nodes/{proxmox_node}/qemu/{vm_id}/status/start",
            .form = {{"timeout", "10"}, {"overrule-shutdown", "1", dispensable}},
            .task_types = {"qmstart"}},
    .wait = 30s,
    .settled = "VM {vm_id} already running",
    .read = "/nodes/{proxmox_node}/qemu/{vm_id}/status/current",
    .output = {{"vm_id", "{vm_id}"}, {"vm_status", "status"}},
    .verb = "POST start",
    .overdue = "task {upid} still running after {wait}s ; fetching current status anyway.",
};

Answer reply(int status, std::string body, std::string reason = "OK") {
    return {.transport = Transport::answered,
            .status = status,
            .reason = std::move(reason),
            .content_type = "application/json;charset=UTF-8",
            .body = std::move(body),
            .date = 0x67E00000};
}

Answer good(std::string data) { return reply(200, R"({"data":)" + data + "}"); }
Answer error(std::string words) { return reply(500, R"({"data":null})", std::move(words)); }
Answer trouble(Transport transport) { return {.transport = transport, .trouble = "gone"}; }

/// Drives one job and keeps its last step.
class JobTest : public testing::Test {
  protected:
    const Plan plan{.action = start, .node = "px-testing", .user = "u@pve!t", .wait = 30s};
    ClaimedTasks claimed;
    std::optional<Job> job;
    Moment now{};
    Step step = Ending{};

    void begin(std::string_view node = {}, const Plan* other = nullptr) {
        Record record(1);
        record.set("vm_id", "100");
        if (!node.empty()) record.set("proxmox_node", node);
        job.emplace(other == nullptr ? plan : *other, claimed, record);
        step = job->begin(now);
    }
    void answer(Answer given) {
        now.elapsed += milliseconds{10};
        step = job->answered(given, now);
    }
    void end_task(std::string status, TaskEnd::How how = TaskEnd::How::stopped) {
        step = job->task_ended({how, std::move(status)}, now);
    }
    void wake() {
        ASSERT_TRUE(std::holds_alternative<Sleep>(step));
        now.elapsed = std::get<Sleep>(step).until;
        step = job->woken(now);
    }
    std::string asked() const {
        const auto* ask = std::get_if<Ask>(&step);
        if (ask == nullptr) return "no question";
        return (ask->request.method == Method::get ? "GET " : "POST ") + ask->request.path;
    }
    const Ending& ending() const {
        static const Ending none{.output = "no ending"};
        const auto* ended = std::get_if<Ending>(&step);
        return ended == nullptr ? none : *ended;
    }
    std::string traces() const {
        std::string all;
        for (const std::string& trace : ending().traces) all += trace + '\n';
        return all;
    }
    void become_started() {
        begin();
        answer(good('"' + std::string(upid) + '"'));
    }

    const std::string post = "POST /nodes/px-testing/qemu/100/status/start";
    const std::string current = "GET /nodes/px-testing/qemu/100/status/current";
};

TEST_F(JobTest, ActsWaitsReadsAndPrints) {
    begin();
    EXPECT_EQ(asked(), post);
    EXPECT_TRUE(job->awaits_reply_of_change());
    answer(good('"' + std::string(upid) + '"'));
    ASSERT_TRUE(std::holds_alternative<AwaitTask>(step));
    EXPECT_EQ(std::get<AwaitTask>(step).upid, upid);
    EXPECT_EQ(std::get<AwaitTask>(step).deadline, 30s);
    EXPECT_TRUE(claimed.contains(upid));
    end_task("OK");
    EXPECT_EQ(asked(), current);
    answer(good(R"({"status":"running"})"));
    EXPECT_EQ(ending().output,
              R"({"action":"vm_start","proxmox_node":"px-testing","source":"proxmox-api",)"
              R"("vm_id":"100","vm_status":"running"})"
              "\n");
    EXPECT_EQ(ending().exit, Exit::ok);
    EXPECT_FALSE(job->has_open_change());
}

TEST_F(JobTest, AskingForNodesComesOnlyWithAnotherNode) {
    begin("px-testing");
    EXPECT_EQ(asked(), post);
    begin("px-other");
    EXPECT_EQ(asked(), "GET /nodes");
    EXPECT_TRUE(std::get<Ask>(step).shared);
    answer(good(R"([{"node":"px-testing"},{"node":"px-other"}])"));
    EXPECT_EQ(asked(), "POST /nodes/px-other/qemu/100/status/start");
    begin("px-foreign");
    answer(good(R"([{"node":"px-testing"},{"node":"px-other"}])"));
    EXPECT_EQ(asked(), post);
    answer(error("Configuration file 'nodes/px-testing/qemu-server/100.conf' does not exist"));
    EXPECT_EQ(ending().exit, Exit::line_failed);
    EXPECT_NE(traces().find("not a node of this cluster"), std::string::npos);
}

TEST_F(JobTest, GoesOnceToTheNodeThatHasTheVm) {
    begin();
    answer(error("Configuration file 'nodes/px-testing/qemu-server/100.conf' does not exist"));
    EXPECT_EQ(asked(), "GET /cluster/resources?type=vm");
    answer(good(R"([{"vmid":100,"node":"px-two","type":"qemu"}])"));
    EXPECT_EQ(asked(), "POST /nodes/px-two/qemu/100/status/start");
    answer(error("Configuration file 'nodes/px-two/qemu-server/100.conf' does not exist"));
    EXPECT_EQ(ending().exit, Exit::line_failed);
}

TEST_F(JobTest, AContainerOfThatIdIsSaidToBeOne) {
    begin();
    answer(error("Configuration file 'nodes/px-testing/qemu-server/100.conf' does not exist"));
    answer(good(R"([{"vmid":100,"node":"px-two","type":"lxc"}])"));
    EXPECT_NE(traces().find("it is a container"), std::string::npos);
    EXPECT_EQ(ending().output, "");
}

TEST_F(JobTest, AFailedTaskIsAFailedLineWithItsLog) {
    become_started();
    end_task("start failed: QEMU exited with code 1");
    EXPECT_TRUE(asked().starts_with("GET /nodes/px-testing/tasks/UPID%3Apx-testing"));
    answer(good(R"([{"t":"kvm: no disk"},{"t":"TASK ERROR: start failed"}])"));
    EXPECT_EQ(ending().output, "");
    EXPECT_EQ(ending().exit, Exit::line_failed);
    EXPECT_NE(traces().find("QEMU exited with code 1"), std::string::npos);
    EXPECT_NE(traces().find("kvm: no disk"), std::string::npos);
}

TEST_F(JobTest, WarningsAndWhatIsSettledAreSuccessTraced) {
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

TEST_F(JobTest, ATaskThatOutlivesTheWaitIsTracedAndPrintedAsItIs) {
    become_started();
    end_task("", TaskEnd::How::still_running);
    answer(good(R"({"status":"stopped"})"));
    EXPECT_EQ(ending().exit, Exit::outcome_unknown);
    EXPECT_NE(ending().output.find(R"("vm_status":"stopped")"), std::string::npos);
    EXPECT_EQ(traces(), "task " + std::string(upid) +
                            " still running after 30s ; fetching current status anyway.\n");
}

TEST_F(JobTest, ALockIsTriedAgainUntilTheDeadline) {
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
        answer(good('"' + std::string(upid) + '"'));
    }
    EXPECT_EQ(attempts, 2);
    EXPECT_TRUE(asked().find("/log") != std::string::npos);
}

TEST_F(JobTest, ALockIsNotWaitedForWithoutEndWhereAnswersAreSlow) {
    become_started();
    int attempts = 0;
    for (; attempts < 50; ++attempts) {
        end_task("can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout");
        if (!std::holds_alternative<Sleep>(step)) break;
        wake();
        now.elapsed += 35s;
        answer(good('"' + std::string(upid) + '"'));
    }
    EXPECT_EQ(attempts, 2);
}

TEST_F(JobTest, AParameterThatANodeDoesNotKnowIsLeftOutOnce) {
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

TEST_F(JobTest, ALostReplyIsNeverSentAgainButItsTaskIsFound) {
    begin();
    answer(trouble(Transport::lost));
    EXPECT_TRUE(asked().starts_with("GET /nodes/px-testing/tasks?source=all&vmid=100"));
    answer(good("[]"));
    wake();
    answer(good(R"([{"upid":")" + std::string(upid) + R"("}])"));
    ASSERT_TRUE(std::holds_alternative<AwaitTask>(step));
    EXPECT_EQ(std::get<AwaitTask>(step).upid, upid);
    end_task("OK");
    answer(good(R"({"status":"running"})"));
    EXPECT_EQ(ending().exit, Exit::ok);
    EXPECT_NE(traces().find("the reply was lost"), std::string::npos);
}

TEST_F(JobTest, ALostReplyWithoutATaskIsAnUnknownOutcomeAndNoSecondPost) {
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

TEST_F(JobTest, ARefusedConnectionIsTriedAgainAndThenAFailedLine) {
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
