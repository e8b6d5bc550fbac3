// A run out of a tool and its options: what all lines of it share.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/run_of.h"

#include <unistd.h>

#include <algorithm>

#include "api/retry.h"

namespace proxmox {

Run run_of(const Tool& tool, const Options& options, Inputs keys) {
    return {.printing = {.prints = tool.prints,
                         .action = tool.action,
                         .form = options.form.value_or(Form::json),
                         .carry = options.carry,
                         .prints_failures = options.prints_failures,
                         .inputs = keys},
            .subject = tool.subject,
            .words = tool.words,
            .needs = tool.needs,
            .wait = options.timeout.value_or(tool.wait),
            .lock_patience = options.timeout ? milliseconds{*options.timeout}
                                             : std::max<milliseconds>(lock_patience, tool.wait),
            .is_asynchronous = options.is_asynchronous,
            .gives_advice = !options.is_legacy,
            .making = {.new_id = tool.own.new_id,
                       .range = options.range,
                       .keeps_journal = !options.journal_path.empty(),
                       .rolls_back = options.rolls_back},
            .seed = static_cast<std::uint64_t>(getpid())};
}

WayOf way_of(const Tool& tool) {
    if (tool.own.way != nullptr) return tool.own.way;
    return [&plain = tool.plain](Line& line) { return go_plainly(line, plain); };
}

}  // namespace proxmox
