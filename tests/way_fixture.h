// One line's way driven step by step with answers as recorded; no server, no clock.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: the way to drive and all the answers to give stand beside one another.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "api/retry.h"
#include "stage/plain.h"
#include "tool/tool.h"
#include "way/walk.h"

namespace proxmox {

inline constexpr std::string_view upid =
    "UPID:px-testing:0000A1B2:00C0FFEE:67E00000:qmstart:100:u@pve!t:";

inline constexpr Tool start{
    .name = "test",
    .action = "vm_start",
    .summary = "",
    .lines = {.keys = one_vm},
    .plain = {.changes = {{.method = Method::post,
                           .path = "{guest}/status/start",
                           .body = {{{"timeout", text("10")},
                                     {"overrule-shutdown", text("1"), dispensable}}},
                           .tasks = {"start"},
                           .bare_task = "hastart",
                           .settled = "VM {vm_id} already running",
                           .proof = is_running}},
              .reading = {.path = state_path}},
    .wait = 30s,
    .prints = {.columns = {{"vm_id", text("{vm_id}")}, {"vm_status", "status"}}},
    .words = {"POST start",
              "task {upid} still running after {wait}s ; fetching current status anyway."},
};

/// A tool as a run has it, without an edge.
inline Run run_for(const Tool& tool, std::string node = "px-testing", Inputs keys = {}) {
    return {.printing = {.prints = tool.prints, .action = tool.action, .inputs = keys},
            .subject = tool.subject,
            .words = tool.words,
            .home = {.node = std::move(node), .user = "u@pve!t"},
            .wait = tool.wait,
            .lock_patience = lock_patience};
}

/// What a way came to, one kind beside the other.
using Next = std::variant<Ask, AwaitTask, Sleep, ReserveId, ReleaseId, AwaitTurn, WriteDown,
                          Execute, Ending>;
inline Next flat(Step step) {
    if (auto* ending = std::get_if<Ending>(&step)) return std::move(*ending);
    return std::visit([](auto& want) -> Next { return std::move(want); }, std::get<Want>(step));
}

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

/// Drives one line's way and keeps what it came to last.
class WayTest : public testing::Test {
  protected:
    const proxmox::Run run = run_for(start);
    ClaimedTasks claimed;
    std::optional<Walk> walk;
    Moment now{};
    Next step = Ending{};

    void begin(std::string_view node = {}) { begin(run, start, node); }
    void begin(const proxmox::Run& other, const Tool& tool, std::string_view node = {}) {
        Record record(1);
        record.set("vm_id", "100");
        if (!node.empty()) record.set("proxmox_node", node);
        walk.emplace(other, claimed, record,
                     [&plain = tool.plain](Line& line) { return go_plainly(line, plain); });
        step = flat(walk->begin(now));
    }
    void tell(Told told) { step = flat(walk->go_on(std::move(told), now)); }
    void answer(Answer given) {
        given.took = milliseconds{10};
        now.elapsed += given.took;
        tell(&given);
    }
    void end_task(std::string status, TaskEnd::How how = TaskEnd::How::stopped) {
        tell(TaskEnd{how, std::move(status)});
    }
    void wake() {
        ASSERT_TRUE(std::holds_alternative<Sleep>(step));
        now.elapsed = std::get<Sleep>(step).until;
        tell({});
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
