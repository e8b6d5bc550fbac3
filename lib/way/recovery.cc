// Lost replies: a task is ours when type, VM and token in its id say so and its start fits.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "way/recovery.h"

#include <fmt/format.h>

#include <algorithm>

namespace proxmox {
namespace {

std::time_t earliest_start(const LostChange& lost, std::time_t server) {
    const auto age = std::chrono::ceil<seconds>(lost.age).count();
    return server - static_cast<std::time_t>(age) - clock_margin_s;
}

}  // namespace

bool is_task_of(const Upid& upid, std::string_view node, std::string_view vm_id) {
    // The API host answers to this name, too, and its tasks bear the one that it has.
    constexpr std::string_view whoever_answers = "localhost";
    return upid.id == vm_id && (upid.node == node || node == whoever_answers);
}

Request ask_for_tasks(const LostChange& lost, std::optional<std::time_t> server) {
    // Not source=active: that list drops tasks which have already ended.
    std::string path = fmt::format("/nodes/{}/tasks?source=all&vmid={}", lost.node, lost.vm_id);
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
        if (!upid || claimed.contains(text) || !is_task_of(*upid, lost.node, lost.vm_id) ||
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

void forget_claims(ClaimedTasks& claimed, std::time_t server, milliseconds oldest_age) {
    const auto age = std::chrono::ceil<seconds>(oldest_age).count();
    const std::time_t first = server - static_cast<std::time_t>(age) - node_clocks_differ_s;
    std::erase_if(claimed, [first](const std::string& text) {
        const auto upid = parse_upid(text);
        return !upid || upid->start_time < first;
    });
}

}  // namespace proxmox
