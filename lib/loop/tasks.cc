// The tasks that lines wait for, by the node that is asked for them, and whose each one is.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "loop/tasks.h"

#include <algorithm>
#include <utility>

#include "line/grammar.h"
#include "stage/lost.h"

namespace proxmox {
namespace {

/// Ids kept at least; beyond that, those that no lost reply can mean any more are forgotten.
constexpr std::size_t claims_kept = 4'096;

}  // namespace

void Tasks::add(std::uint64_t number, AwaitTask task, milliseconds now) {
    const std::string node(parse_upid(task.upid)->node);
    watches_.try_emplace(node, node).first->second.add(number, std::move(task), now);
}

std::vector<Tasks::Poll> Tasks::polls(milliseconds now) {
    std::vector<Poll> polls;
    for (auto& [node, watch] : watches_)
        if (auto request = watch.poll(now)) polls.push_back({node, std::move(*request)});
    return polls;
}

void Tasks::answered(const std::string& node, Answer& answer, milliseconds now) {
    watches_.at(node).answered(answer, now);
}

void Tasks::expire(milliseconds now) {
    for (auto& [node, watch] : watches_) watch.expire(now);
}

std::vector<EndedTask> Tasks::take_ended() {
    std::vector<EndedTask> all;
    for (auto& [node, watch] : watches_)
        for (EndedTask& ended : watch.take_ended()) all.push_back(std::move(ended));
    return all;
}

std::optional<milliseconds> Tasks::due() const {
    std::optional<milliseconds> first;
    for (const auto& [node, watch] : watches_)
        if (const auto due = watch.due(); due && (!first || *due < *first)) first = due;
    return first;
}

bool Tasks::has_room() const { return claimed_.size() < std::max(claims_kept, claims_limit_); }

void Tasks::forget_old(const Moment& now, milliseconds oldest_age) {
    if (!now.server) return;  // without that clock no task is ever looked for
    forget_claims(claimed_, *now.server, oldest_age);
    claims_limit_ = 2 * claimed_.size();
}

}  // namespace proxmox
