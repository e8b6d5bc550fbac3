// Taking back: what proves that a VM is still the one that was made, and how it is removed.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/undo.h"

#include <fmt/format.h>

#include <utility>

#include "api/retry.h"
#include "base/escape.h"
#include "factory/mark.h"
#include "line/address.h"
#include "stage/guard.h"
#include "stage/look.h"
#include "stage/proofs.h"
#include "stage/task.h"

namespace proxmox {
namespace {

constexpr Change stop{
    .method = Method::post,
    .path = "{guest}/status/stop",
    .body = {{{"timeout", text("10")}, {"overrule-shutdown", text("1"), dispensable}}},
    .tasks = {"stop"},
    .bare_task = "hastop",
    .proof = is_stopped};

/// Proxmox itself refuses it for a guest that is not on this node, runs, is locked or is protected.
/// That is all it compares: a deletion takes no digest.
constexpr Change deletion{
    .method = Method::del,
    .path = "{guest}",
    .body = {{{"purge", text("1")}, {"destroy-unreferenced-disks", text("1")}}},
    .tasks = {"destroy"},
    .proof = is_gone};

std::string differs(std::string_view what, std::string_view is, std::string_view was) {
    return fmt::format("is not the VM that was made: its {} is {} and was {}", what,
                       is.empty() ? "unknown" : escape(is), escape(was));
}

/// Ends the way unless the VM may be harmed and is the one that was made; `so` says what has become
/// of it then.
Way<void> prove(Line& line, std::string_view so) {
    const Finding config = co_await see(line, "{guest}/config");
    if (line.is_rehearsed) co_return;
    std::string refusal = refusal_of_guard(config.data(), line.run.guarding.required_tag);
    if (!refusal.empty())
        co_await ends_by(failure(line, Exit::line_failed,
                                 fmt::format("{} was {}", line.subject(), so), std::move(refusal)));
    const std::string why = why_not_ours(config.data(), line.record);
    if (!why.empty())
        co_await ends_by(
            failure(line, Exit::line_failed, fmt::format("{} {}; {}", line.subject(), why, so)));
}

/// Nothing ran, since Proxmox's own work on the VM was not yet done.
bool found_lock(const Made& made) {
    return made.is_refused() && verdict_of_task_error(made.words) == Verdict::lock_busy;
}

/// Brings the change about; there is a proof before each time that it is sent, since others may
/// have given the id away while a lock was waited for.
Way<Made> make_proven(Line& line, const Change& change, std::string_view so) {
    const milliseconds until = line.stand.elapsed() + lock_patience;
    while (true) {
        co_await prove(line, so);
        Made made = co_await attempt(line, change);
        const bool is_locked = found_lock(made) && line.stand.elapsed() + lock_pause < until;
        if (!made.is_refused()) co_return made;
        if (!is_locked) co_await explain(line, std::move(made));
        co_await pause_for(line, line.jittered_pause(lock_pause));
    }
}

Way<Printed> take_back_there(Line& line) {
    const Made stopped = co_await make_proven(line, stop, "left alone");
    if (stopped.how == Made::How::still_running)
        co_return ends_by(failure(line, line.exit, overdue_words(line)));
    // While it was being stopped, its id may have become another VM's.
    Made deleted = co_await make_proven(line, deletion, "stopped and not deleted");
    const Reading nothing_more{};
    co_return co_await finish(line, std::move(deleted), deletion, nothing_more);
}

}  // namespace

std::string why_not_ours(const json::Value& config, const Record& record) {
    const std::string uuid = uuid_of(config);
    const std::string_view created = property_of(config["meta"].text(), "ctime");
    const std::string_view name = config["name"].text();
    // Until a creation has ended, Proxmox has written down no more than a lock.
    const std::string_view lock = config["lock"].text();
    if (lock == "create" || lock == "clone")
        return fmt::format("is still being made ({}); try again when that has ended", lock);
    const bool has_uuid = record.has("vm_uuid");
    if (!has_uuid && !record.has("vm_mark")) return differs("mark", "missing", "none");
    if (!has_uuid && !bears_mark(config["description"].text(), record["vm_mark"]))
        return differs("mark", "missing", record["vm_mark"]);
    if (has_uuid && !is_same_but_for_case(uuid, record["vm_uuid"]))
        return differs("uuid", uuid, record["vm_uuid"]);
    if (record.has("vm_name") && name != record["vm_name"])
        return differs("name", name, record["vm_name"]);
    if (record.has("vm_created") && created != record["vm_created"])
        return differs("time of creation", created, record["vm_created"]);
    return {};
}

Way<Printed> take_back_guest(Line& line) {
    co_return co_await where_it_is(line, take_back_there, Known::by_proof);
}

}  // namespace proxmox
