// The intake: lines as they come in, and what is said of those that are none.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "loop/intake.h"

#include <fmt/format.h>

#include "base/escape.h"
#include "print/unfinished.h"

namespace proxmox {

std::optional<Intake::Taken> Intake::next() {
    while (input_ != nullptr) {
        auto line = input_->next();
        if (!line) break;
        auto record = parse_record(*line, printing_.inputs, {printing_.carry, given_});
        if (record && !*record) continue;
        if (record) return Taken{std::move(line->text), std::move(**record)};
        Taken taken{.text = line->text, .record = Record(line->number)};
        taken.record.set("line", escape(line->text));
        taken.refusal = refuse(*line, record.error());
        return taken;
    }
    return std::nullopt;
}

/// Upstream's words are true where it is the id that cannot be had, whatever else is wrong.
bool Intake::lacks_vm_id(const InputLine& line) const {
    const Inputs first = printing_.inputs.first(1);
    return first.front().key == "vm_id" && !parse_record(line, first, {.given = given_});
}

Ending Intake::refuse(const InputLine& line, const Error& error) const {
    Ending ending{.exit = error.exit, .reason = error.message};
    ending.traces.push_back(
        fmt::format("skip line, {}: {} (line {}: {})",
                    lacks_vm_id(line) ? "cannot extract integer vm_id" : "not taken",
                    escape(line.text), line.number, error.message));
    // What failed in an earlier tool of the pipe stays as that one told it.
    if (printing_.prints_failures && is_failure(line.text)) ending.output = line.text + '\n';
    return ending;
}

}  // namespace proxmox
