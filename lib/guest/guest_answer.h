// What a program in a guest has said: its proofs, its last words, and what a record keeps of it.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "guest/guest.h"
#include "line/record.h"
#include "way/execution.h"
#include "way/line.h"

namespace proxmox {

/// The number of seconds under this key, where the record has one.
milliseconds limit_of(const Record& record, std::string_view key, milliseconds otherwise);

/// The end of what was said on stderr, on one line and safe to print.
std::string last_lines(std::string_view text);

/// How an execution of ssh ended that had so long.
std::string how_it_ended(const Executed& executed, milliseconds limit);

/// How a command ended and what it said last.
std::string with_words(std::string how, std::string_view words);

/// Whether the status is the command's own: ssh was not ended in its place.
bool has_told_end(const Executed& executed);

/// Puts what the command's proofs say into the record; false where one is missing.
bool take_proofs(const GuestCommand& command, std::string_view output, Record& record);

/// Puts status, output and errors of the user's own program into the record. The line is printed
/// whatever the status, and has failed unless that is 0.
void keep_result(const Executed& executed, Line& line);

}  // namespace proxmox
