// What a run inside machines needs before its first line: operands, secrets, a place for ssh.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <functional>

#include "guest/address_way.h"
#include "guest/guest_edge.h"
#include "guest/guest_place.h"
#include "guest/guest_way.h"
#include "process/process.h"

namespace proxmox {
namespace {

Result<RunEnd> run_in_place(const GuestPlace& place, const GuestStep& step,
                            const GuestSession& guests) {
    const auto& [session, options, _] = guests;
    const std::vector<Input> keys = keys_of(session.tool.lines);
    Run run = run_of(session.tool, options, keys);
    run.printing.source = "guest-ssh";
    GuestRun shared{.step = step, .host_keys = host_keys_in_files()};
    auto operands = take_operands(session.tool, step, options);
    if (!operands) return std::unexpected(operands.error());
    shared.operands = std::move(*operands);
    if (const std::string file = given_for(options, step.secret_key); !file.empty()) {
        auto secret = secret_in(file);
        if (!secret) return std::unexpected(secret.error());
        shared.secret = std::move(*secret);
    }
    if (step.needs_secret && shared.secret.empty())
        return fail(Exit::usage, "there is no secret", "see --help: it comes from a file");
    const Output::Hidden hidden(session.output, shared.secret.reveal());
    shared.ssh = place.ssh();
    const Handover* const handover = &place.handover();
    shared.connections = {.take = std::bind_front(&Handover::take, handover),
                          .drop = std::bind_front(&Handover::drop, handover),
                          .leave = std::bind_front(&Handover::leave, handover)};
    std::uint64_t number = 0;
    if (step.commands.size() > 0) expect_changes();
    return run_without_api(run, guests, [&shared, &number](Line& line) {
        return go_through_step(line, shared, ++number);
    });
}

/// The place is there before the first line, so that the tool which writes it finds it.
Result<RunEnd> run_over_ssh(const GuestStep& step, const GuestSession& guests) {
    // From here on there is something to tidy up.
    guests.session.signals.catch_ends();
    const auto place = GuestPlace::make();
    if (!place) return std::unexpected(place.error());
    return when_lines_come(guests, [&] { return run_in_place(**place, step, guests); });
}

}  // namespace

int await_address(const Tool& tool, int argc, char** argv) {
    return run_on_guests(tool, argc, argv, [](const GuestSession& guests) {
        return when_lines_come(guests, [&guests] {
            const std::vector<Input> keys = keys_of(guests.session.tool.lines);
            return run_over_api(run_of(guests.session.tool, guests.options, keys), guests,
                                wait_for_address);
        });
    });
}

int run_in_guest(const Tool& tool, const GuestStep& step, int argc, char** argv) {
    return run_on_guests(tool, argc, argv, [&step](const GuestSession& guests) {
        if (guests.options.choice != agent_choice) return run_over_ssh(step, guests);
        return when_lines_come(guests, [&] { return run_through_agent(step, guests); });
    });
}

}  // namespace proxmox
