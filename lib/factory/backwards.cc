// A journal read backwards: what it says was made, to take that back.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/backwards.h"

#include <fmt/format.h>

#include <algorithm>

#include "stage/journal.h"

namespace proxmox {
namespace {

constexpr std::size_t journal_entries_limit = 100'000;

void take_entry(std::vector<Record>& records, Record entry) {
    const auto begun = std::find_if(
        records.rbegin(), records.rend(),
        [&entry](const Record& earlier) { return earlier["vm_id"] == entry["vm_id"]; });
    const bool completes = entry["journal"] == journal_done && begun != records.rend() &&
                           (*begun)["journal"] == journal_begins;
    if (completes)
        *begun = std::move(entry);
    else
        records.push_back(std::move(entry));
}

}  // namespace

Result<Backwards> read_backwards(LineReader& input, Inputs inputs) {
    Backwards read;
    while (true) {
        const auto line = input.next();
        if (!line && input.exhausted()) break;
        if (!line) {
            if (const auto filled = input.fill(); !filled) return std::unexpected(filled.error());
            continue;
        }
        if (read.records.size() >= journal_entries_limit)
            return fail(Exit::line_failed,
                        fmt::format("the journal has more than {} entries", journal_entries_limit));
        auto record = parse_record(*line, inputs);
        if (record && !*record) continue;
        if (!record || !(**record).has("journal"))
            read.notes.push_back(fmt::format("skip line {}: not an entry of a journal{}",
                                             line->number,
                                             record ? "" : ": " + record.error().message));
        else
            take_entry(read.records, std::move(**record));
    }
    std::ranges::reverse(read.records);
    return read;
}

}  // namespace proxmox
