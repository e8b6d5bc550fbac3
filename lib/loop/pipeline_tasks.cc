// The run's tasks: the nodes that are asked for them, and the ids that lines have claimed.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "line/grammar.h"
#include "loop/pipeline.h"
#include "way/recovery.h"

namespace proxmox {
namespace {

/// Ids kept at least; beyond that, those that no lost reply can mean any more are forgotten.
constexpr std::size_t claims_kept = 4'096;

}  // namespace

void Pipeline::poll_tasks() {
    const milliseconds now = moment().elapsed;
    for (auto& [node, watch] : watches_) {
        if (auto request = watch.poll(now))
            receivers_.emplace(transfers_.start(std::move(*request)), ForWatch{node});
    }
}

/// Comes after the answers that have arrived: while output or process stood still, deadlines
/// passed.
void Pipeline::expire_tasks() {
    const milliseconds now = moment().elapsed;
    for (auto& [node, watch] : watches_) {
        watch.expire(now);
        deliver_ended_tasks(watch);
    }
}

void Pipeline::deliver_ended_tasks(TaskWatch& watch) {
    for (const EndedTask& ended : watch.take_ended())
        if (const auto running = running_.find(ended.job); running != running_.end())
            take(ended.job, running->second.work->task_ended(ended.end, moment()));
}

/// Memory must not grow with the number of lines.
void Pipeline::forget_old_claims() {
    if (claimed_.size() < std::max(claims_kept, claims_limit_)) return;
    const Moment now = moment();
    if (!now.server) return;  // without that clock no task is ever looked for
    milliseconds oldest_age{};
    for (const auto& [number, running] : running_)
        oldest_age = std::max(oldest_age, now.elapsed - running.work->began_at());
    forget_claims(claimed_, *now.server, oldest_age);
    claims_limit_ = 2 * claimed_.size();
}

}  // namespace proxmox
