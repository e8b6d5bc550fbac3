// What a run inside machines needs before its first line: operands, secrets, a place for ssh.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/address_job.h"
#include "guest/guest_edge.h"
#include "guest/guest_job.h"
#include "guest/guest_place.h"
#include "edge/process.h"

namespace proxmox {
namespace {

Result<RunEnd> run_step(const Action& action, const GuestStep& step, const Edge& edge) {
    Plan plan = plan_of(action, edge.options);
    plan.source = "guest-ssh";
    GuestRun run{.plan = plan, .step = step, .remember_keys = keep_host_keys};
    auto operands = take_operands(action, step, edge.options);
    if (!operands) return std::unexpected(operands.error());
    run.operands = std::move(*operands);
    if (const std::string file = given_for(edge.options, step.secret_key); !file.empty()) {
        auto secret = secret_in(file);
        if (!secret) return std::unexpected(secret.error());
        run.secret = std::move(*secret);
    }
    if (step.needs_secret && run.secret.empty())
        return fail(Exit::usage, "there is no secret", "see --help: it comes from a file");
    const Output::Hidden hidden(edge.output, run.secret.reveal());
    // From here on there is something to tidy up.
    edge.signals.catch_ends();
    auto place = GuestPlace::make();
    if (!place) return std::unexpected(place.error());
    run.ssh = (*place)->ssh();
    std::uint64_t number = 0;
    if (step.commands.size() > 0) expect_changes();
    return run_without_api(plan, edge, [&](const Plan&, Record record) {
        return std::make_unique<GuestJob>(run, ++number, std::move(record));
    });
}

}  // namespace

int await_address(const Action& action, int argc, char** argv) {
    return run_edge(action, argc, argv, [&](const Edge& edge) {
        return run_over_api(plan_of(action, edge.options), edge,
                            [](const Plan& plan, Record record) {
                                return std::make_unique<AddressJob>(plan, std::move(record));
                            });
    });
}

int run_in_guest(const Action& action, const GuestStep& step, int argc, char** argv) {
    return run_edge(action, argc, argv, [&](const Edge& edge) {
        return edge.options.choice == agent_choice ? run_through_agent(action, step, edge)
                                                   : run_step(action, step, edge);
    });
}

}  // namespace proxmox
