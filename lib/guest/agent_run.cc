// A run through guest agents: whose lines they are, and what is to be run or put there.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "base/random_uuid.h"
#include "guest/agent_way.h"
#include "guest/agent_words.h"
#include "guest/guest_edge.h"
#include "process/process.h"

namespace proxmox {
namespace {

/// It is the VM that is asked for, whatever its address.
std::vector<Input> keys_by_vm(const Lines& lines) {
    std::vector<Input> keys{{"vm_id", Type::vm_id, required}};
    for (Input key : keys_of(lines)) {
        if (key.key == "vm_ip") key.presence = Presence::optional;
        if (key.key != "vm_id") keys.push_back(key);
    }
    return keys;
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

Result<RunEnd> run_through_agent(const GuestStep& step, const GuestSession& guests) {
    const auto& [session, options, _] = guests;
    if (const auto fits = refuse_options_of_ssh(options); !fits)
        return std::unexpected(fits.error());
    auto operands = take_operands(session.tool, step, options);
    if (!operands) return std::unexpected(operands.error());
    const std::vector<Input> keys = keys_by_vm(session.tool.lines);
    Run run = run_of(session.tool, options, keys);
    run.printing.source = "guest-agent";
    run.subject = a_vm;
    AgentRun shared{.step = step, .operands = std::move(*operands), .token = random_uuid()};
    if (step.uploads) {
        const auto file = text_of_file(shared.operands.words[0], agent_file_limit,
                                       "it goes over ssh: leave --agent");
        if (!file) return std::unexpected(file.error());
        shared.pieces = pieces_of(*file);
        shared.operands.file_size = file->size();
    }
    expect_changes();
    return run_over_api(std::move(run), guests,
                        [&shared](Line& line) { return go_through_agent(line, shared); });
}

}  // namespace proxmox
