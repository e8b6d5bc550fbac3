// A journal read backwards: what it says was made, to take that back.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/backwards.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/escape.h"
#include "json/json.h"
#include "stage/journal.h"

namespace proxmox {
namespace {

constexpr std::size_t journal_entries_limit = 100'000;

std::string why_no_entry(const Record& record) {
    const std::string_view state = record["journal"];
    if (state == journal_begins || state == journal_done) return {};
    return fmt::format("journal is {}", escape(state));
}

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
        const std::string why = record ? why_no_entry(**record) : record.error().message;
        if (why.empty()) {
            take_entry(read.records, std::move(**record));
            continue;
        }
        read.notes.push_back(
            fmt::format("skip line {}: not an entry of a journal: {}", line->number, why));
        // What is torn is no JSON.
        if (line->too_long || json::Document::parse(line->text)) read.has_refused = true;
    }
    std::ranges::reverse(read.records);
    return read;
}

}  // namespace proxmox
