// Lost replies: a task is ours when type, VM and token in its id say so and its start fits.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/lost.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/retry.h"
#include "base/escape.h"
#include "stage/task.h"

namespace proxmox {
namespace {

std::time_t earliest_start(const LostChange& lost, std::time_t server) {
    const auto age = std::chrono::ceil<seconds>(lost.age).count();
    return server - static_cast<std::time_t>(age) - clock_margin_s;
}

}  // namespace

bool is_task_of(const Upid& upid, std::string_view node, std::string_view id) {
    // The API host answers to this name, too, and its tasks bear the one that it has.
    constexpr std::string_view whoever_answers = "localhost";
    return upid.id == id && (upid.node == node || node == whoever_answers);
}

Request ask_for_tasks(const LostChange& lost, std::optional<std::time_t> server) {
    // Not source=active: that list drops tasks which have already ended.
    std::string path = fmt::format("/nodes/{}/tasks?source=all", lost.node);
    if (is_vm_id(lost.id)) path += fmt::format("&vmid={}", lost.id);
    if (server) path += fmt::format("&since={}", earliest_start(lost, *server));
    return {.method = Method::get, .path = path + "&limit=50"};
}

Found find_task(const json::Value& data, const LostChange& lost, std::time_t server,
                const ClaimedTasks& claimed) {
    Found found;
    data.each([&](const json::Value& row) {
        const std::string_view text = row["upid"].text();
        const auto upid = parse_upid(text);
        // What is yet to begin is of another clock, and then the earliest start is none either.
        if (!upid || claimed.contains(text) || !is_task_of(*upid, lost.node, lost.id) ||
            upid->user != lost.user || upid->start_time < earliest_start(lost, server) ||
            upid->start_time > server + clock_margin_s ||
            std::ranges::find(lost.task_types, upid->type) == lost.task_types.end())
            return;
        if (found.upid == text) return;  // one list may name a task as running and as finished
        found.upid = text;
        ++found.count;
    });
    return found;
}

std::vector<std::string> task_types_of(const Line& line, const Change& change) {
    const Guest* const kind = line.run.subject.guest;
    std::vector<std::string> types;
    for (const std::string_view task : change.tasks)
        types.push_back(fmt::format("{}{}", kind == nullptr ? "" : kind->task_prefix, task));
    if (!change.bare_task.empty()) types.emplace_back(change.bare_task);
    return types;
}

std::string task_id_of(const Line& line, const Change& change) {
    return line.text(change.task_id.empty() ? line.run.subject.task_id : change.task_id);
}

std::string how_to_check(const Line& line, const Change& change) {
    std::string command =
        fmt::format("pvesh get /nodes/{}/tasks --source all", line.record["proxmox_node"]);
    const std::string id(line.record["vm_id"]);
    if (is_vm_id(id)) command += fmt::format(" --vmid {}", id);
    if (change.proof_path.empty()) return command;
    return fmt::format("pvesh get {}", line.path(change.proof_path).value_or(""));
}

namespace {

/// The state itself is the proof: whoever brought it about, it is as was asked for.
Way<bool> is_brought_about(Line& line, const Change& change) {
    if (change.proves == nullptr) co_return false;
    auto path = co_await line.path(change.proof_path);
    const Finding state = co_await ask(line, std::move(path));
    co_return state.verdict == Verdict::good&& change.proves(state.data(), line.record);
}

Failure not_found(Line& line, const Change& change, std::string_view because, std::size_t count) {
    std::string_view what = "no task of it was found";
    if (count > 0) what = "several tasks could be it";
    if (change.proves != nullptr) what = "nothing shows that it was done";
    return failure(line, Exit::outcome_unknown,
                   fmt::format("{} {}: outcome unknown, the request was sent and {}",
                               line.run.words.verb, line.subject(), what),
                   fmt::format("{}; check with: {}", because, how_to_check(line, change)));
}

}  // namespace

Way<bool> find_lost(Line& line, const Change& change, std::string because, milliseconds sent_at) {
    LostChange lost{std::string(line.record["proxmox_node"]), task_id_of(line, change),
                    line.run.home.user, task_types_of(line, change)};
    line.stand.doing.waits_for = "looks for its task";
    line.stand.doing.reply_is_due = false;
    const milliseconds until = line.stand.elapsed() + recovery_limit;
    std::optional<std::time_t> server = line.stand.now().server;
    // Where there can be neither task nor proof, no time tells more.
    const bool is_findable = !lost.task_types.empty() || change.proves != nullptr;
    for (int tries = 0;; ++tries) {
        Found found;
        if (co_await is_brought_about(line, change)) {
            line.note(fmt::format("{}: the reply was lost ({}), but it is done", line.subject(),
                                  because));
            co_return false;
        }
        if (!lost.task_types.empty()) {
            lost.age = line.stand.elapsed() - sent_at;
            Ask question{.request = ask_for_tasks(lost, server)};
            const Answer& answer = *co_await line.stand.told<Answer*>(std::move(question));
            lost.age = line.stand.elapsed() - sent_at;
            const Finding finding = understand(answer);
            if (finding.verdict == Verdict::good && answer.date)
                found = find_task(finding.data(), lost, *answer.date, line.claimed);
            server = answer.date ? answer.date : line.stand.now().server;
        }
        if (found.count == 1) {
            line.note(fmt::format("{}: the reply was lost ({}), found its task {}", line.subject(),
                                  because, escape(found.upid)));
            take_task(line, std::move(found.upid));
            co_return true;
        }
        const milliseconds wait = line.jittered_pause(
            std::min(first_recovery_pause * (1 << std::min(tries, 2)), longest_retry_pause));
        if (found.count > 0 || !is_findable || line.stand.elapsed() + wait >= until)
            co_await ends_by(not_found(line, change, because, found.count));
        co_await pause_for(line, wait);
    }
}

void forget_claims(ClaimedTasks& claimed, std::time_t server, milliseconds oldest_age) {
    const auto age = std::chrono::ceil<seconds>(oldest_age).count();
    const std::time_t first = server - static_cast<std::time_t>(age) - node_clocks_differ_s;
    std::erase_if(claimed, [first](const std::string& text) {
        const auto upid = parse_upid(text);
        return !upid || upid->start_time < first;
    });
}

}  // namespace proxmox
