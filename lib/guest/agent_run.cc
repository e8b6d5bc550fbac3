// A run through guest agents: whose lines they are, and what is to be run or put there.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "guest/agent_job.h"
#include "guest/agent_words.h"
#include "base/escape.h"
#include "guest/guest_edge.h"
#include "guest/guest_operands.h"
#include "edge/process.h"
#include "base/random_uuid.h"

namespace proxmox {
namespace {

/// It is the VM that is asked for, whatever its address.
Action by_vm(const Action& action) {
    Action changed = action;
    changed.input = {{"vm_id", Type::vm_id, required}};
    for (Input input : action.input) {
        if (input.key == "vm_ip") input.presence = Presence::optional;
        if (input.key != "vm_id") changed.input.add(input);
    }
    return changed;
}

/// They are for ssh, and would be ignored without a word.
Outcome refuse_options_of_ssh(const Options& options) {
    for (const Setting& setting : {user_setting, port_setting, sudo_setting})
        for (const Given& given : options.given)
            if (given.key == setting.key)
                return fail(Exit::usage, fmt::format("{} and {} exclude one another", agent_choice,
                                                     setting.option));
    return {};
}

}  // namespace

Result<RunEnd> run_through_agent(const Action& action, const GuestStep& step, const Edge& edge) {
    if (const auto fits = refuse_options_of_ssh(edge.options); !fits)
        return std::unexpected(fits.error());
    auto operands = take_operands(action, step, edge.options);
    if (!operands) return std::unexpected(operands.error());
    const Action changed = by_vm(action);
    Plan plan = plan_of(changed, edge.options);
    plan.source = "guest-agent";
    AgentRun run{.step = step, .operands = std::move(*operands), .token = random_uuid()};
    if (step.uploads) {
        const auto file = text_of_file(run.operands.words[0], agent_file_limit,
                                       "it goes over ssh: leave --agent");
        if (!file) return std::unexpected(file.error());
        run.pieces = pieces_of(*file);
        run.operands.file_size = file->size();
    }
    expect_changes();
    return run_over_api(std::move(plan), edge, [&](const Plan& known, Record record) {
        return std::make_unique<AgentJob>(known, run, std::move(record));
    });
}

}  // namespace proxmox
