// The dry run: which requests a line would lead to, told instead of sent.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/dry_run.h"

#include <fmt/format.h>

namespace proxmox {
namespace {

/// The requests of a rehearsal are shown, and so would be what nobody is to see.
void hide_secrets(Record& record, Inputs inputs) {
    for (const Record::Reference& reference : record.references())
        record.set(reference.key, "redacted");
    for (const Input& input : inputs)
        if (is_hidden(input.type) && record.has(input.key)) record.set(input.key, "redacted");
}

}  // namespace

Exit dry_run(const Run& run, const WayOf& way_of, std::span<const Given> given, LineReader* input,
             Output& output) {
    Exit exit = Exit::ok;
    if (input == nullptr) {
        output.put(rehearsal_of(run, Record(), way_of));
        return exit;
    }
    while (true) {
        const auto next = input->await_next();
        if (!next) {
            output.error(next.error());
            return worse(exit, next.error().exit);
        }
        if (!*next) return exit;
        const InputLine& line = **next;
        auto record = parse_record(line, run.printing.inputs, {.given = given});
        if (record && !*record) continue;
        if (!record) {
            exit = worse(exit, record.error().exit);
            output.trace(fmt::format("skip line {}: {}", line.number, record.error().message));
        } else {
            hide_secrets(**record, run.printing.inputs);
            if (!output.put(rehearsal_of(run, std::move(**record), way_of)))
                return worse(exit, Exit::write_failed);
        }
    }
}

}  // namespace proxmox
