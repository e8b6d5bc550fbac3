// Errors are values: what went wrong, what to do about it, and which exit status it asks for.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace proxmox {

/// The exit status of every tool; --help and doc/ list the same numbers.
enum class Exit : int {
    ok = 0,
    line_failed = 1,
    usage = 2,
    outcome_unknown = 3,
    credentials = 4,
    tls_identity = 5,
    unreachable = 6,
    write_failed = 74,
};

/// Which of two statuses the run reports: 5, 4, 3, 74, 6, 1 in this order of weight; usage tops
/// all.
Exit worse(Exit left, Exit right);

/// One failure. `message` is a sentence part: lower case, no full stop; `remedy` may be empty.
struct Error {
    Exit exit = Exit::line_failed;
    std::string message;
    std::string remedy{};
};

template <typename T>
using Result = std::expected<T, Error>;

/// `Result` of an operation that gives nothing back but success.
using Outcome = Result<void>;

[[gnu::visibility("default")]] std::unexpected<Error> fail(Exit exit, std::string message,
                                                           std::string remedy = {});

/// The error of a system call: "SUBJECT: No such file or directory".
std::unexpected<Error> fail_errno(Exit exit, std::string_view subject, int error_number,
                                  std::string remedy = {});

}  // namespace proxmox
