// Snapshots: their names, which Proxmox has to take, and the way to a new one.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/snapshots.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "api/retry.h"
#include "base/escape.h"
#include "line/grammar.h"
#include "stage/look.h"
#include "stage/plain.h"

namespace proxmox {
namespace {

constexpr std::string_view unknown_name = "?";

/// yymmdd-HHMMSS, as upstream's `date` prints it.
std::string time_of(std::time_t now) {
    std::tm parts{};
    localtime_r(&now, &parts);
    return fmt::format("{:02}{:02}{:02}-{:02}{:02}{:02}", parts.tm_year % 100, parts.tm_mon + 1,
                       parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

bool is_letter(char byte) { return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'); }

bool fits(char byte) {
    return is_letter(byte) || (byte >= '0' && byte <= '9') || byte == '-' || byte == '_';
}

constexpr Look current_name{.path = "{guest}/status/current",
                            .prepare = name_snapshot,
                            .gives = {"vm_snapshot_name", "vm_snapshot_description"}};
constexpr Change creation{.method = Method::post,
                          .path = "{guest}/snapshot",
                          .body = {{{"snapname", text("{vm_snapshot_name}")},
                                    {"description", text("{vm_snapshot_description}")}}},
                          .tasks = {"snapshot"},
                          .proof = snapshot_is_there};

constexpr Reading nothing_more{};

/// The row of a list of snapshots that has this name.
json::Value row_of(const json::Value& snapshots, std::string_view name) {
    json::Value row;
    snapshots.each([&](const json::Value& snapshot) {
        if (snapshot["name"].text() == name) row = snapshot;
    });
    return row;
}

/// Proxmox keeps descriptions as lines, and ends the last one.
std::string_view without_last_newlines(std::string_view text) {
    return text.substr(0, text.find_last_not_of('\n') + 1);
}

bool says_name_is_used(const Made& made) {
    return made.is_refused() && made.had_task && made.words.starts_with("snapshot name ") &&
           made.words.ends_with("already used");
}

Way<Printed> take_it_there(Line& line) {
    const bool names_it = line.record.has("vm_snapshot_name");
    const bool describes_it = line.record.has("vm_snapshot_description");
    for (int tries = 1;; ++tries) {
        // Names are made of the time: each try has the next second's.
        Moment moment = line.stand.now();
        moment.wall += tries - 1;
        co_await look_at(line, current_name, moment);
        Made made = co_await attempt(line, creation);
        if (!made.is_refused())
            co_return co_await finish(line, std::move(made), creation, nothing_more);
        if (names_it || !says_name_is_used(made) || tries >= name_tries)
            co_await explain(line, std::move(made));
        line.record.set("vm_snapshot_name", "");
        if (!describes_it) line.record.set("vm_snapshot_description", "");
    }
}

}  // namespace

std::string default_snapshot_name(std::string_view vm_name, std::time_t now) {
    const std::string time = '-' + time_of(now);
    std::string name(vm_name);
    for (char& byte : name)
        if (!fits(byte)) byte = '-';
    // Proxmox wants a letter first: a name that begins otherwise is put behind one.
    if (name.empty() || !is_letter(name.front())) name.insert(0, "vm-");
    name.resize(std::min(name.size(), longest_snapshot_name - time.size()));
    return name + time;
}

Result<std::string> name_snapshot(const json::Value& current, Record& record,
                                  const Moment& moment) {
    const json::Value name = current["name"];
    const std::string vm_name(name.exists() ? name.text() : unknown_name);
    record.set("vm_name", vm_name);
    const std::string plain_name = vm_name + '-' + time_of(moment.wall);
    if (!record.has("vm_snapshot_description")) record.set("vm_snapshot_description", plain_name);
    if (record.has("vm_snapshot_name")) return {};
    const std::string chosen = default_snapshot_name(
        name.exists() ? vm_name : fmt::format("vm-{}", record["vm_id"]), moment.wall);
    record.set("vm_snapshot_name", chosen);
    if (chosen == plain_name) return {};
    return fmt::format("vm_id {}: the snapshot's name is {}, because Proxmox would not take {}",
                       record["vm_id"], chosen, escape(plain_name));
}

Result<std::string> take_parent_snapshot(const json::Value& snapshots, Record& record,
                                         const Moment&) {
    std::string parent;
    snapshots.each([&parent](const json::Value& snapshot) {
        if (snapshot["name"].text() == "current") parent = snapshot["parent"].text();
    });
    if (parent.empty())
        return fail(Exit::line_failed,
                    fmt::format("skip line, vm_id {} has no snapshot to take", record["vm_id"]));
    if (!is_snapshot_name(parent))
        return fail(Exit::line_failed, fmt::format("skip line, vm_id {}: not a snapshot name: {}",
                                                   record["vm_id"], escape(parent)));
    record.set("vm_snapshot_name", parent);
    return fmt::format("vm_id {}: no vm_snapshot_name given, taking {}", record["vm_id"], parent);
}

Shown shows_snapshot(const Seen& seen) {
    const json::Value row = row_of(seen.data(), seen.record["vm_snapshot_name"]);
    if (!row.exists()) return Shown::no;
    if (row["snapstate"].exists()) return Shown::under_way;
    const bool is_ours = without_last_newlines(row["description"].text()) ==
                         without_last_newlines(seen.record["vm_snapshot_description"]);
    const bool is_new = row["snaptime"].integer().value_or(0) >= seen.first_task;
    return is_ours && is_new ? Shown::yes : Shown::no;
}

Shown shows_no_snapshot(const Seen& seen) {
    if (seen.finding.verdict != Verdict::good) return Shown::no;
    const json::Value row = row_of(seen.data(), seen.record["vm_snapshot_name"]);
    if (!row.exists()) return Shown::yes;
    return row["snapstate"].exists() ? Shown::under_way : Shown::no;
}

Shown shows_reverted(const Seen& seen) {
    const std::string_view parent = row_of(seen.data(), "current")["parent"].text();
    return parent == seen.record["vm_snapshot_name"] ? Shown::yes : Shown::no;
}

Way<Printed> take_snapshot(Line& line) { co_return co_await where_it_is(line, take_it_there); }

Result<std::string> remember_name(const json::Value& current, Record& record, const Moment&) {
    const json::Value name = current["name"];
    record.set("vm_name", name.exists() ? name.text() : unknown_name);
    return {};
}

}  // namespace proxmox
