// The calls of a guest agent: what they are given, and how they look to a person.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "api/exchange.h"
#include "guest/guest.h"
#include "guest/guest_operands.h"
#include "line/record.h"

namespace proxmox {

/// What all lines of a run through guest agents share.
struct AgentRun {
    const GuestStep& step;
    GuestOperands operands{};
    /// The file, in base64, each piece as long as one call takes; put beside the target first.
    std::vector<std::string> pieces{};
    /// By which the pieces of this run are told from others'.
    std::string token{};

    const GuestCommand& command() const { return *step.commands.begin(); }
};

/// Where the piece is put in the guest.
std::string piece_name(const AgentRun& run, std::size_t at);

Request call_of_piece(const AgentRun& run, const Record& record, std::size_t at);
/// The user's own program, or the script that puts the pieces together.
Request call_of_program(const AgentRun& run, const Record& record);
Request call_of_words(const Record& record, const std::vector<std::string>& words);
Request call_of_status(const Record& record, std::int64_t process);

/// The calls that this line would lead to, as JSON lines, without what is written to files.
std::string calls_of_agent(const AgentRun& run, const Record& record);

}  // namespace proxmox
