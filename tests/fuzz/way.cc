// Fuzzes a line's way through any answers: it ends, and a change whose fate is unknown is not sent
// again.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/plain.h"
#include "target.h"
#include "tool/tool.h"
#include "way/walk.h"

using namespace proxmox;

namespace {

constexpr Tool tool{
    .name = "fuzz",
    .action = "fuzz",
    .summary = "",
    .plain = {.looks = {{.path = "{guest}/status/current"}},
              .changes = {{.method = Method::post,
                           .path = "{guest}/status/start",
                           .body = {{{"timeout", text("10"), dispensable}}},
                           .tasks = {"start"}}},
              .reading = {.path = "{guest}/status/current"}},
    .prints = {.columns = {{"vm_id", text("{vm_id}")},
                           {"vm_name", "name"},
                           {"raw_data", json_of("raw_data")}}},
    .words = {"POST start", "task {upid} still running after {wait}s"},
};
constexpr int step_limit = 2'000;

/// Answers from the input: a byte for the kind of answer, a body up to the next newline.
Answer next_answer(std::string_view& input) {
    constexpr int statuses[] = {200, 200, 200, 400, 401, 403, 500, 502, 595, 596};
    const std::string_view body = fuzz::take_until(input, '\n');
    const unsigned kind = body.empty() ? 0 : static_cast<unsigned char>(body[0]);
    Answer answer{.transport = Transport::answered,
                  .trouble = "trouble",
                  .status = statuses[kind % 10],
                  .reason = std::string(body.substr(0, 40)),
                  .body = std::string(body.substr(body.empty() ? 0 : 1)),
                  .date = 1'700'000'000};
    if (kind % 16 == 15) answer.transport = Transport::lost;
    if (kind % 16 == 14) answer.transport = Transport::not_connected;
    if (answer.transport != Transport::answered) answer.status = 0;
    return answer;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view input = fuzz::text_of(data, size);
    static const Run run{.printing = {.prints = tool.prints, .action = tool.action},
                         .words = tool.words,
                         .home = {.node = "px", .user = "a@pam!t"},
                         .wait = std::chrono::seconds{30}};
    ClaimedTasks claimed;
    Record record(1);
    record.set("vm_id", "100");
    if (size % 2 == 1) record.set("proxmox_node", "other");
    Walk walk(run, claimed, std::move(record),
              [](Line& line) { return go_plainly(line, tool.plain); });
    Moment now{.elapsed = {}, .wall = 1'700'000'000};
    bool fate_is_unknown = false;
    Step step = walk.begin(now);
    for (int count = 0; std::holds_alternative<Want>(step); ++count) {
        fuzz::must(count < step_limit);
        // Where the input is used up, what is left is waiting: time flies.
        now.elapsed += milliseconds{input.empty() ? 3'000 : 100};
        const Want want = std::move(std::get<Want>(step));
        if (const auto* ask = std::get_if<Ask>(&want)) {
            const bool is_change = ask->request.method != Method::get;
            fuzz::must(!is_change || !fate_is_unknown);
            Answer answer = next_answer(input);
            fate_is_unknown =
                fate_is_unknown ||
                (is_change && (answer.transport == Transport::lost || answer.status == 596));
            step = walk.go_on(&answer, now);
        } else if (const auto* sleep = std::get_if<Sleep>(&want)) {
            now.elapsed = std::max(now.elapsed, sleep->until);
            step = walk.go_on({}, now);
        } else {
            const std::string_view text = fuzz::take_until(input, '\n');
            const auto how = static_cast<TaskEnd::How>(text.size() % 4);
            // A task that is known has a fate: its failure may well lead to another attempt.
            fate_is_unknown = how != TaskEnd::How::stopped;
            step = walk.go_on(TaskEnd{how, std::string(text)}, now);
        }
    }
    const Ending& ending = std::get<Ending>(step);
    fuzz::must(!ending.output.empty() || !ending.traces.empty());
    fuzz::must(ending.exit == Exit::ok || !ending.traces.empty());
    return 0;
}
