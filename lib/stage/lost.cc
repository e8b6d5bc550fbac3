// Lost replies: a task is ours when type, VM and token in its id say so and its start fits.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/lost.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/retry.h"
#include "base/escape.h"
#include "base/shell.h"
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
    const bool may_be_any = node.empty() || node == whoever_answers;
    return upid.id == id && (upid.node == node || may_be_any);
}

Request ask_for_tasks(const LostChange& lost, std::optional<std::time_t> server) {
    if (lost.node.empty()) return {.method = Method::get, .path = "/cluster/tasks"};
    // Not source=active: that list drops tasks which have already ended.
    std::string path = fmt::format("/nodes/{}/tasks?source=all", lost.node);
    int limit = asked_for_tasks;
    if (is_vm_id(lost.id)) {
        path += fmt::format("&vmid={}", lost.id);
    } else {
        // What belongs to no VM is one among all that the node does.
        limit = asked_for_tasks_of_node;
        if (lost.task_types.size() == 1)
            path += fmt::format("&typefilter={}", lost.task_types.front());
    }
    if (server) path += fmt::format("&since={}", earliest_start(lost, *server));
    return {.method = Method::get, .path = path + fmt::format("&limit={}", limit)};
}

std::vector<Candidate> candidates_in(const json::Value& data, const LostChange& lost,
                                     std::optional<std::time_t> server, const ClaimedTasks& known) {
    std::vector<Candidate> found;
    data.each([&](const json::Value& row) {
        const std::string_view text = row["upid"].text();
        const auto upid = parse_upid(text);
        const std::string_view status = row["status"].text();
        const bool fits = upid && is_task_of(*upid, lost.node, lost.id) &&
                          upid->user == lost.user &&
                          std::ranges::find(lost.task_types, upid->type) != lost.task_types.end();
        // Such a worker was ended before it had begun to work.
        if (!fits || known.contains(text) || status == "unexpected status") return;
        // What is yet to begin is of another clock, and then the earliest start is none either.
        if (server && (upid->start_time < earliest_start(lost, *server) ||
                       upid->start_time > *server + clock_margin_s))
            return;
        // One list may name a task as running and as finished.
        const auto same = std::ranges::find(found, text, &Candidate::upid);
        const bool runs = status.empty() || status == "RUNNING";
        if (same == found.end())
            found.push_back({std::string(text), runs});
        else
            same->is_running = same->is_running && runs;
    });
    return found;
}

std::string_view node_of_tasks(const Line& line) {
    return line.run.subject.is_everywhere ? "" : line.record["proxmox_node"];
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
    if (!change.proof.path.empty() && change.proof.witness != Witness::own)
        return fmt::format("pvesh get {}", shell_word(line.path(change.proof.path).value_or("")));
    if (line.run.subject.is_everywhere) return "pvesh get /cluster/tasks";
    std::string command =
        fmt::format("pvesh get /nodes/{}/tasks --source all", line.record["proxmox_node"]);
    const std::string id(line.record["vm_id"]);
    if (is_vm_id(id)) command += fmt::format(" --vmid {}", id);
    return command;
}

namespace {

LostChange lost_change_of(const Line& line, const Change& change) {
    return {std::string(node_of_tasks(line)), task_id_of(line, change), line.run.home.user,
            task_types_of(line, change)};
}

Failure not_found(Line& line, const Change& change, std::string_view what,
                  std::string_view because) {
    return failure(line, Exit::outcome_unknown,
                   fmt::format("{} {}: outcome unknown, the request was sent and {}",
                               line.run.words.verb, line.subject(), what),
                   fmt::format("{}; check with: {}", because, how_to_check(line, change)));
}

/// The tasks that can be the lost one, as far as the node tells.
Way<std::vector<Candidate>> look_for_tasks(Line& line, LostChange& lost, milliseconds sent_at,
                                           const TasksBefore& before) {
    std::vector<Candidate> found;
    if (lost.task_types.empty()) co_return found;
    lost.age = line.stand.elapsed() - sent_at;
    // Where the tasks from before are known, no clock has to set them apart.
    const std::optional<std::time_t> since =
        before.is_known ? std::nullopt : line.stand.now().server;
    Ask question{.request = ask_for_tasks(lost, since)};
    const Answer& answer = *co_await line.stand.told<Answer*>(std::move(question));
    lost.age = line.stand.elapsed() - sent_at;
    const Finding finding = understand(answer);
    if (finding.verdict != Verdict::good || (!before.is_known && !answer.date)) co_return found;
    ClaimedTasks known = line.claimed;
    known.insert(before.upids.begin(), before.upids.end());
    found =
        candidates_in(finding.data(), lost, before.is_known ? std::nullopt : answer.date, known);
    co_return found;
}

/// The task that the line may take for its own, or that serves it as well.
const Candidate* task_for(const Change& change, const std::vector<Candidate>& tasks,
                          const LostReply& reply, const TasksBefore& before) {
    const bool is_any_good =
        change.proof.witness == Witness::anyones && change.proof.shows == nullptr;
    const bool may_be_taken = change.proof.needs_task() && (reply.has_run || is_any_good);
    return may_be_taken && before.is_known && tasks.size() == 1 ? &tasks.front() : nullptr;
}

bool is_any_running(const std::vector<Candidate>& tasks) {
    return std::ranges::any_of(tasks, &Candidate::is_running);
}

/// Whether the effect, if it is seen now, is proof enough.
bool may_show(const Change& change, const std::vector<Candidate>& tasks,
              const TasksBefore& before) {
    const Proof& proof = change.proof;
    // The effect of a task that runs may be undone when it fails.
    if (proof.shows == nullptr || proof.witness == Witness::own || is_any_running(tasks))
        return false;
    if (proof.witness == Witness::only_one) return before.is_known && tasks.size() == 1;
    return proof.witness == Witness::none || (before.is_known && !tasks.empty());
}

std::time_t first_start_of(const std::vector<Candidate>& tasks) {
    std::time_t first = 0;
    for (const Candidate& task : tasks) {
        const std::time_t start = parse_upid(task.upid)->start_time;
        if (first == 0 || start < first) first = start;
    }
    return first;
}

/// Whether nothing can come that would tell more: whose these tasks are, no time shows.
bool is_hopeless(const Change& change, const std::vector<Candidate>& tasks) {
    const Proof& proof = change.proof;
    if (proof.witness == Witness::only_one) return tasks.size() > 1;
    return proof.needs_task() && !tasks.empty() &&
           (proof.witness == Witness::own || proof.shows == nullptr);
}

std::string_view what_was_found(const Change& change, const std::vector<Candidate>& tasks) {
    const bool is_ambiguous = change.proof.witness == Witness::only_one && tasks.size() > 1;
    if (change.proof.shows != nullptr && change.proof.witness != Witness::own && !is_ambiguous)
        return "nothing shows that it was done";
    if (tasks.empty()) return "no task of it was found";
    return tasks.size() == 1 ? "its task may be another's" : "several tasks could be it";
}

}  // namespace

Way<TasksBefore> see_tasks_before(Line& line, const Change& change) {
    TasksBefore before;
    if (!change.proof.needs_task() || line.is_rehearsed) co_return before;
    const LostChange wanted = lost_change_of(line, change);
    Request request = ask_for_tasks(wanted, std::nullopt);
    const Finding tasks = co_await ask(line, std::move(request.path));
    // Without the right to see them the change may still be allowed; its reply must not be lost.
    before.is_known = tasks.verdict == Verdict::good;
    if (!before.is_known && tasks.verdict != Verdict::forbidden)
        co_return ends_by(failure(line, tasks, failed_phrase(line)));
    for (Candidate& task : candidates_in(tasks.data(), wanted, std::nullopt, line.claimed))
        before.upids.insert(std::move(task.upid));
    co_return before;
}

Way<Shown> see_effect(Line& line, const Change& change, milliseconds sent_at,
                      std::time_t first_task) {
    if (change.proof.shows == nullptr) co_return Shown::no;
    auto path = co_await line.path(change.proof.path);
    const Finding seen = co_await ask(line, std::move(path));
    co_return change.proof.shows({seen, line.record, line.stand.elapsed() - sent_at, first_task});
}

Failure not_shown(Line& line, const Change& change, std::string_view because) {
    return not_found(line, change, "nothing shows that it was done", because);
}

Way<FoundBy> find_lost(Line& line, const Change& change, LostReply reply,
                       const TasksBefore& before) {
    LostChange lost = lost_change_of(line, change);
    line.stand.doing.waits_for = "looks for what became of it";
    line.stand.doing.reply_is_due = false;
    milliseconds until = line.stand.elapsed() + recovery_limit;
    // Where there can be neither task nor effect, no time tells more.
    const bool is_findable = !lost.task_types.empty() || change.proof.shows != nullptr;
    const std::string lost_words =
        fmt::format("{}: the reply was lost ({}), ", line.subject(), reply.because);
    for (int tries = 0;; ++tries) {
        const auto tasks = co_await look_for_tasks(line, lost, reply.sent_at, before);
        if (const Candidate* const task = task_for(change, tasks, reply, before)) {
            line.note(fmt::format("{}found its task {}", lost_words, escape(task->upid)));
            take_task(line, task->upid);
            co_return FoundBy::task;
        }
        Shown shown = is_any_running(tasks) ? Shown::under_way : Shown::no;
        if (may_show(change, tasks, before))
            shown = co_await see_effect(line, change, reply.sent_at, first_start_of(tasks));
        if (shown == Shown::yes) {
            line.note(lost_words + "but it is done");
            co_return FoundBy::effect;
        }
        if (shown == Shown::under_way && change.proof.witness != Witness::own)
            until = std::max(until, *line.deadline);
        const milliseconds wait = line.jittered_pause(
            std::min(first_recovery_pause * (1 << std::min(tries, 2)), longest_retry_pause));
        if (is_hopeless(change, tasks) || !is_findable || line.stand.elapsed() + wait >= until)
            co_await ends_by(not_found(line, change, what_was_found(change, tasks), reply.because));
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
