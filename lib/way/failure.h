// A Failure says why a line's way has ended before its end, in the parts that words are made of.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <utility>

#include "base/error.h"

namespace proxmox {

struct Failure {
    Exit exit = Exit::line_failed;
    /// What failed, and why; the line's number is put between them.
    std::string phrase{};
    std::string cause{};
    /// Takes the place of both where a room words its failures in its own manner.
    std::string sentence{};
    /// The user has been told already.
    bool is_told = false;
    /// What would help, for this line and others like it.
    std::string advice{};
    /// Why every other line would end the same way; empty when it would not.
    std::string hopeless{};

    enum class Kind : std::uint8_t {
        other,
        /// The node that was asked does not have the guest; another one may.
        guest_is_elsewhere,
        /// What became of a task is not known: the guest's state now is worth telling.
        state_would_help,
    };
    Kind kind = Kind::other;
};

template <typename T>
using Reached = std::expected<T, Failure>;

inline Failure failure_of(Error error) {
    return {.exit = error.exit, .phrase = std::move(error.message)};
}

}  // namespace proxmox
