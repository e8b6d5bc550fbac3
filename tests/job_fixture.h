// One job driven step by step with answers as recorded; no server, no clock.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: the job to drive and all the answers to give stand beside one another.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "way/job.h"

namespace proxmox {

inline constexpr std::string_view upid =
    "UPID:px-testing:0000A1B2:00C0FFEE:67E00000:qmstart:100:u@pve!t:";

inline constexpr Action start{
    .tool = "test",
    .name = "vm_start",
    .summary = "",
    .input = one_vm,
    .act = {.method = Method::post,
            .path = "/nodes/{proxmox_node}/qemu/{vm_id}/status/start",
            .form = {{"timeout", "10"}, {"overrule-shutdown", "1", dispensable}},
            .task_types = {"qmstart", "hastart"}},
    .wait = 30s,
    .settled = "VM {vm_id} already running",
    .reaches = "running",
    .read = "/nodes/{proxmox_node}/qemu/{vm_id}/status/current",
    .output = {{"vm_id", "{vm_id}"}, {"vm_status", "status"}},
    .verb = "POST start",
    .overdue = "task {upid} still running after {wait}s ; fetching current status anyway.",
};

inline Answer reply(int status, std::string body, std::string reason = "OK") {
    return {.transport = Transport::answered,
            .status = status,
            .reason = std::move(reason),
            .content_type = "application/json;charset=UTF-8",
            .body = std::move(body),
            .date = 0x67E00000};
}

inline Answer good(std::string data) { return reply(200, R"({"data":)" + data + "}"); }
inline Answer error(std::string words) { return reply(500, R"({"data":null})", std::move(words)); }
inline Answer trouble(Transport transport) { return {.transport = transport, .trouble = "gone"}; }

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
        given.took = milliseconds{10};
        now.elapsed += given.took;
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
        claimed.clear();
        begin();
        answer(good('"' + std::string(upid) + '"'));
    }

    const std::string post = "POST /nodes/px-testing/qemu/100/status/start";
    const std::string current = "GET /nodes/px-testing/qemu/100/status/current";
};

}  // namespace proxmox
