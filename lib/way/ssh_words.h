// What a call of ssh has to say: whether its command began, and ssh's own words.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "way/execution.h"

namespace proxmox {

inline constexpr int ssh_trouble_status = 255;
/// What comes before this on stdout is the login's own noise and not the command's.
inline constexpr std::string_view begin_mark = "range42: begins\n";

/// The command of a shell, which says first that it begins.
std::string marked(std::string_view command);

/// The line of ssh's that says what went wrong, safe to print.
std::string ssh_words(const Executed& executed);

}  // namespace proxmox
