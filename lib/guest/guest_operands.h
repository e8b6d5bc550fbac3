// What the user's operands name: a program and its stdin, or a file and the place for it.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "edge/arguments.h"
#include "guest/guest.h"

namespace proxmox {

struct GuestOperands {
    std::vector<std::string> words{};
    /// Of the file to send.
    std::size_t file_size = 0;
    /// The program's stdin.
    std::string input{};
};

/// Exit::usage where they do not fit the step, or their files cannot be had.
Result<GuestOperands> take_operands(const Tool& tool, const GuestStep& step,
                                    const Options& options);

/// The whole file; Exit::usage where it is longer than `limit`, with `advice`.
Result<std::string> text_of_file(const std::string& path, std::size_t limit,
                                 std::string_view advice);

/// What the option with this key names; empty where it was not given.
std::string given_for(const Options& options, std::string_view key);

}  // namespace proxmox
