// The judge: whether what a line says of its change is what the node knows of it.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "judge.h"

#include <fmt/format.h>

#include <algorithm>

namespace lost_replies {
namespace {

/// What the node knows of the requests of one line.
struct Truth {
    int well_ended = 0;
    long lost = 0;
    std::string uuids{};
    std::string upids{};
};

bool ended_well(const demo_node::Task* task) {
    return task != nullptr && !task->running &&
           (task->exit_status == "OK" || task->exit_status.starts_with("WARNINGS: "));
}

Truth truth_of(const Line& line, const World& world) {
    Truth truth;
    for (const Sent& sent : line.sent) {
        truth.lost += sent.is_lost ? 1 : 0;
        truth.uuids += sent.uuid + ' ';
        truth.upids += sent.upid + ' ';
        if (ended_well(world.stage.tasks.find(sent.upid))) ++truth.well_ended;
    }
    return truth;
}

/// The value of a key in a line of output, or an empty text.
std::string printed(const std::string& output, std::string_view key) {
    const std::size_t at = output.find(fmt::format("\"{}\":\"", key));
    if (at == std::string::npos) return {};
    const std::size_t begin = at + key.size() + 4;
    return output.substr(begin, output.find('"', begin) - begin);
}

/// Whether what the line claims has come about since its change was sent.
bool is_so(const Line& line, const World& world) {
    if (line.sent.empty()) return false;
    const auto was = [&](const auto& like_that) {
        return world.ledger.was(line.vm_id, line.sent.front().at, line.ended, like_that);
    };
    switch (line.subject->claim) {
        case Claim::state:
            return was([&](const Condition& seen) { return seen.state == line.subject->state; });
        case Claim::no_snapshot:
            return was(
                [&](const Condition& seen) { return !seen.snapshots.contains(line.snapshot); });
        case Claim::snapshot:
            return was([&](const Condition& seen) {
                const auto found = seen.snapshots.find(line.snapshot);
                return found != seen.snapshots.end() && found->second == line.description;
            });
        case Claim::own_task: break;
    }
    return true;
}

/// Ids that a line prints have to be of what its own requests have brought about.
bool prints_anothers(const Line& line, const Truth& truth) {
    const std::string& output = line.ending->output;
    const std::string uuid = printed(output, "vm_uuid"), upid = printed(output, "data");
    return (!uuid.empty() && !truth.uuids.contains(uuid)) ||
           (upid.starts_with("UPID:") && !truth.upids.contains(upid));
}

/// Whether a line that sent nothing tells of the clone that another line had made of the same VM.
bool tells_of_earlier(const Line& line, const World& world) {
    const std::string& output = line.ending->output;
    if (!line.sent.empty() || output.find("\"vm_as_wanted\":true") == std::string::npos)
        return false;
    const std::string uuid = printed(output, "vm_uuid");
    return std::ranges::any_of(world.ledger.lines, [&](const Line& other) {
        const Truth truth = truth_of(other, world);
        return other.subject == line.subject && other.vm_id == line.vm_id && truth.well_ended > 0 &&
               !uuid.empty() && truth.uuids.contains(uuid);
    });
}

void count_line(const Line& line, const Truth& truth, Count& count, const World& world) {
    const bool ran = truth.well_ended > 0;
    if (truth.well_ended > 1) ++count.doubled;
    const bool is_done = line.ending->exit == proxmox::Exit::ok && !line.ending->output.empty();
    if (is_done && !tells_of_earlier(line, world)) {
        const bool needs_own = line.subject->claim == Claim::own_task;
        if (needs_own && !ran) ++count.adopted;
        if (!is_so(line, world)) ++count.without_effect;
        if (prints_anothers(line, truth)) ++count.adopted;
    }
    if (truth.lost == 0) return;
    count.lost += truth.lost;
    if (is_done)
        ++(ran ? count.done : count.done_by_other);
    else if (line.ending->exit == proxmox::Exit::outcome_unknown)
        ++(ran ? count.unknown_ran : count.unknown_not_run);
    else
        ++(ran ? count.failed_ran : count.failed_not_run);
}

/// All that both sides know of a line, for who has to find out.
std::string told(const Line& line, const World& world, std::uint64_t seed) {
    std::string text =
        fmt::format("world {}: client {}, {} of {}, ended at {} with {}: {}\n", seed, line.client,
                    line.subject->name(), line.vm_id, line.ended.count(),
                    static_cast<int>(line.ending->exit), line.ending->output);
    for (const std::string& trace : line.ending->traces) text += "  " + trace + '\n';
    for (const Sent& sent : line.sent) {
        const demo_node::Task* const task = world.stage.tasks.find(sent.upid);
        text += fmt::format("  {} ms: {}, {}: {} {}\n", sent.at.count(), sent.what,
                            sent.is_lost ? "reply lost" : "answered", sent.upid,
                            task == nullptr ? "" : task->exit_status);
    }
    return text;
}

}  // namespace

Count& Count::operator+=(const Count& other) {
    lost += other.lost;
    done += other.done;
    done_by_other += other.done_by_other;
    unknown_ran += other.unknown_ran;
    unknown_not_run += other.unknown_not_run;
    failed_ran += other.failed_ran;
    failed_not_run += other.failed_not_run;
    adopted += other.adopted;
    doubled += other.doubled;
    without_effect += other.without_effect;
    return *this;
}

Count Table::total() const {
    Count total;
    for (const auto& [_, count] : of_tool) total += count;
    return total;
}

std::string Table::text() const {
    std::string text = fmt::format("{:<38}{:>8}{:>8}{:>9}{:>9}{:>9}{:>8}{:>8}{:>8}{:>8}{:>8}\n",
                                   "tool", "lost", "done", "others'", "unknown", "unknown",
                                   "failed", "failed", "adopted", "doubled", "no");
    text += fmt::format("{:<63}{:>9}{:>9}{:>8}{:>8}{:>24}\n", "", "ran", "not run", "ran",
                        "not run", "effect");
    const auto add = [&text](std::string_view name, const Count& count) {
        text += fmt::format("{:<38}{:>8}{:>8}{:>9}{:>9}{:>9}{:>8}{:>8}{:>8}{:>8}{:>8}\n", name,
                            count.lost, count.done, count.done_by_other, count.unknown_ran,
                            count.unknown_not_run, count.failed_ran, count.failed_not_run,
                            count.adopted, count.doubled, count.without_effect);
    };
    for (const auto& [name, count] : of_tool) add(name, count);
    add("all", total());
    return text;
}

void judge(const World& world, std::uint64_t seed, Table& table) {
    constexpr std::size_t longest_findings = 20'000;
    for (const Line& line : world.ledger.lines) {
        Count count;
        count_line(line, truth_of(line, world), count, world);
        table.of_tool[line.subject->name()] += count;
        if (!count.is_clean() && table.findings.size() < longest_findings)
            table.findings += told(line, world, seed);
    }
}

}  // namespace lost_replies
