// What is said of a machine that a line waits for: who it is, and what of it did not come.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/machine.h"

#include <fmt/format.h>

#include "base/escape.h"

namespace proxmox {

std::string machine_name(const Record& record) {
    std::string name(record.has("vm_name") ? escape(record["vm_name"]) : "");
    if (record.has("vm_id"))
        name += fmt::format("{}vm_id {}", name.empty() ? "" : " ", record["vm_id"]);
    return name;
}

Failure machine_failure(const Line& line, Exit exit, std::string_view what, std::string_view cause,
                        std::string_view advice) {
    std::string text = fmt::format("{}: {} (line {}{}{})", line.stand.doing.subject, what,
                                   line.record.line_number(), cause.empty() ? "" : ": ", cause);
    if (!advice.empty()) text += fmt::format("; {}", advice);
    return {.exit = exit, .sentence = std::move(text)};
}

std::string while_it_runs(std::string_view advice) {
    return fmt::format("{}{}the VM still runs", advice, advice.empty() ? "" : "; ");
}

std::string waited_in_vain(const Ladder& ladder, milliseconds now) {
    const auto waited_s = std::chrono::round<seconds>(ladder.waited(now)).count();
    return fmt::format("no {} after {} s", ladder.missing().name, waited_s);
}

Reached<milliseconds> time_to_next_look(const Line& line, Ladder& ladder, std::string_view cause) {
    const milliseconds now = line.stand.elapsed();
    if (!ladder.is_over(now)) return ladder.next_look(now) - now;
    return ends_by(machine_failure(line, Exit::unreachable, waited_in_vain(ladder, now), cause,
                                   while_it_runs(ladder.missing().advice)));
}

}  // namespace proxmox
