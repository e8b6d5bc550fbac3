// What a program in a guest has said: its proofs, its last words, and what a record keeps of it.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "execution.h"
#include "guest.h"
#include "record.h"

namespace proxmox {

/// The number of seconds under this key, where the record has one.
milliseconds limit_of(const Record& record, std::string_view key, milliseconds otherwise);

/// The end of what was said on stderr, on one line and safe to print.
std::string last_lines(std::string_view text);

/// Puts what the command's proofs say into the record; false where one is missing.
bool take_proofs(const GuestCommand& command, std::string_view output, Record& record);

/// Puts status, output and errors of the user's own program into the record.
void keep_result(const Executed& executed, Record& record);

}  // namespace proxmox
