// How large an answer may be: what its question can need, and no more.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

#include "api/exchange.h"

namespace proxmox {

/// A state is some dozen numbers for each disk and card; the answer to a change is a task id.
inline constexpr std::size_t state_answer_limit = std::size_t{256} << 10;
/// A configuration holds notes and keys that people write, and its snapshots' sections.
inline constexpr std::size_t config_answer_limit = std::size_t{2} << 20;
/// A list of 90 000 guests, or all that a guest's agent keeps of what a program printed.
inline constexpr std::size_t list_answer_limit = std::size_t{32} << 20;

/// In bytes. What is larger is not received to its end, and never read.
std::size_t answer_limit_of(const Request& request);

}  // namespace proxmox
