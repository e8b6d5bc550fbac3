// Fuzzes a line's way through any answers: it ends, and a change whose fate is unknown is not sent
// again.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "way/job.h"
#include "target.h"

using namespace proxmox;

namespace {

constexpr Action action{
    .tool = "fuzz",
    .name = "fuzz",
    .input = one_snapshot,
    .looks = {{.path = "/nodes/{proxmox_node}/qemu/{vm_id}/status/current"}},
    .act = {.method = Method::post,
            .path = "/nodes/{proxmox_node}/qemu/{vm_id}/status/start",
            .form = {{"timeout", "10", dispensable}},
            .task_types = {"qmstart"}},
    .wait = 30s,
    .read = "/nodes/{proxmox_node}/qemu/{vm_id}/status/current",
    .output = {{"vm_id", "{vm_id}"}, {"vm_name", "name"}, {"raw_data", "={raw_data}"}},
    .verb = "POST start",
    .overdue = "task {upid} still running after {wait}s",
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
    const Plan plan{.action = action, .node = "px", .user = "a@pam!t", .wait = 30s};
    ClaimedTasks claimed;
    Record record(1);
    record.set("vm_id", "100");
    if (size % 2 == 1) record.set("proxmox_node", "other");
    Job job(plan, claimed, std::move(record));
    Moment now{.elapsed = {}, .wall = 1'700'000'000};
    bool fate_is_unknown = false;
    Step step = job.begin(now);
    for (int count = 0; !std::holds_alternative<Ending>(step); ++count) {
        fuzz::must(count < step_limit);
        now.elapsed += milliseconds{100};
        if (const auto* ask = std::get_if<Ask>(&step)) {
            const bool is_change = ask->request.method != Method::get;
            fuzz::must(!is_change || !fate_is_unknown);
            Answer answer = next_answer(input);
            fate_is_unknown =
                fate_is_unknown ||
                (is_change && (answer.transport == Transport::lost || answer.status == 596));
            step = job.answered(answer, now);
        } else if (const auto* sleep = std::get_if<Sleep>(&step)) {
            now.elapsed = std::max(now.elapsed, sleep->until);
            step = job.woken(now);
        } else {
            const std::string_view text = fuzz::take_until(input, '\n');
            const auto how = static_cast<TaskEnd::How>(text.size() % 4);
            // A task that is known has a fate: its failure may well lead to another attempt.
            fate_is_unknown = how != TaskEnd::How::stopped;
            step = job.task_ended({how, std::string(text)}, now);
        }
    }
    const Ending& ending = std::get<Ending>(step);
    fuzz::must(!ending.output.empty() || !ending.traces.empty());
    fuzz::must(ending.exit == Exit::ok || !ending.traces.empty());
    return 0;
}
