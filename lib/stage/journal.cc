// A line's part of the journal: what is about to be made, and that it has been made.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/journal.h"

#include "json/json.h"
#include "line/carried.h"

namespace proxmox {
namespace {

Way<Outcome> write_down(Line& line, std::string entry) {
    WriteDown wanted{std::move(entry)};
    co_return co_await line.stand.told<Outcome>(std::move(wanted));
}

}  // namespace

std::string journal_entry(const Line& line, std::string_view state, std::string_view upid) {
    Carried entry;
    const auto add = [&entry](std::string_view key, std::string_view value) {
        if (value.empty()) return;
        std::string text;
        json::write_string(text, value);
        entry.set(key, std::move(text));
    };
    add("journal", state);
    add("action", line.run.printing.action);
    add("upid", upid);
    add("vm_id", line.record[line.run.making.new_id]);
    for (const std::string_view key :
         {"proxmox_node", "vm_name", "vm_uuid", "vm_mark", "vm_created"})
        add(key, line.record[key]);
    return entry.text();
}

Way<void> note_beginning(Line& line) {
    if (line.run.making.keeps_journal) {
        std::string entry = journal_entry(line, journal_begins);
        const Outcome kept = co_await write_down(line, std::move(entry));
        Failure failed{.exit = Exit::ok};
        if (!kept) failed = {.exit = kept.error().exit, .sentence = kept.error().message};
        if (!kept) co_await ends_by(std::move(failed));
    }
    line.has_created = true;
}

Way<void> note_end(Line& line) {
    if (!line.has_created || !line.run.making.keeps_journal) co_return;
    std::string entry = journal_entry(line, journal_done, line.upid);
    const Outcome kept = co_await write_down(line, std::move(entry));
    if (kept) co_return;
    line.note(kept.error().message);
    line.exit = worse(line.exit, Exit::line_failed);
}

}  // namespace proxmox
