// Locks: a guest that an earlier task still holds is waited for instead of being given up.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/lock.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "api/retry.h"
#include "base/escape.h"
#include "line/grammar.h"
#include "stage/look.h"

namespace proxmox {
namespace {

constexpr std::string_view guests_config = "{guest}/config";

/// A task that runs and may be what holds the guest: its own, or one that is known by another
/// guest's id (a clone by that of its source) or by none at all (a backup of all guests).
bool may_hold(const json::Value& task, std::string_view vm_id) {
    constexpr std::array<std::string_view, 4> others{"qmclone", "vzclone", "vzdump", "qmigrate"};
    const bool is_running = task["endtime"].text().empty();
    return is_running && (task["id"].text() == vm_id ||
                          std::ranges::find(others, task["type"].text()) != others.end());
}

/// What has been seen of a lock so far.
struct Watch {
    std::string vm_id;
    milliseconds began_at{};
    int misses = 0;
};

Failure still_locked(Line& line, const Watch& watch, std::string_view lock,
                     std::string_view because) {
    return failure(line, Exit::line_failed,
                   fmt::format("vm_id {} is locked ({})", watch.vm_id, escape(lock)),
                   std::string(because));
}

/// Ends the way where the lock is not going to end, or lasts too long.
Way<void> sit_out(Line& line, Watch& watch, std::string lock) {
    line.stand.doing.waits_for = fmt::format("the end of a {}", escape(lock));
    const Finding tasks = co_await ask(
        line, fmt::format("/nodes/{}/tasks?source=active", line.record["proxmox_node"]));
    bool is_held = tasks.verdict != Verdict::good;
    tasks.data().each(
        [&](const json::Value& task) { is_held = is_held || may_hold(task, watch.vm_id); });
    watch.misses = is_held ? 0 : watch.misses + 1;
    if (watch.misses >= lock_misses_limit)
        co_await ends_by(still_locked(
            line, watch, lock,
            fmt::format("no task that holds it is to be seen; on the node: qm unlock {}",
                        watch.vm_id)));
    if (line.stand.elapsed() - watch.began_at >= line.run.wait)
        co_await ends_by(still_locked(line, watch, lock, "it outlasts the wait (--timeout)"));
    co_await pause_for(line, line.jittered_pause(lock_pause));
    // The time that another's task has taken is not the line's own.
    line.deadline.reset();
}

}  // namespace

bool tells_of_lock(std::string_view words) {
    return words.find(" is locked (") != std::string_view::npos;
}

Way<Finding> see_unlocked(Line& line, std::string_view path, std::string vm_id) {
    Watch watch{std::move(vm_id), line.stand.elapsed()};
    bool was_locked = false;
    while (true) {
        Reached<Finding> seen = co_await see(line, path).tried();
        if (!seen && was_locked && seen.error().kind == Failure::Kind::guest_is_elsewhere)
            seen.error().cause += "; the task that was to make it has failed";
        Finding config = co_await std::move(seen);
        std::string lock(config.data()["lock"].text());
        if (lock.empty()) co_return config;
        was_locked = true;
        co_await sit_out(line, watch, std::move(lock));
    }
}

Way<void> outlast_lock(Line& line) {
    // The configuration may not show yet, or no more, what the refusal told of.
    co_await pause_for(line, line.jittered_pause(lock_pause));
    co_await see_unlocked(line, guests_config, std::string(line.record["vm_id"]));
}

Way<Made> make_unlocked(Line& line, const Change& change) {
    for (int refusals = 0;; ++refusals) {
        Made made = co_await attempt(line, change);
        if (!made.is_refused()) co_return made;
        if (!tells_of_lock(made.words) || refusals >= lock_refusals_limit) {
            co_await explain(line, std::move(made));
            co_return Made{};
        }
        co_await outlast_lock(line);
    }
}

}  // namespace proxmox
