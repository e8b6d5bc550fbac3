// What each exit status means, said once for help, manual and README.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <string_view>

#include "base/error.h"

namespace proxmox {

struct ExitText {
    Exit exit;
    std::string_view meaning;
};

inline constexpr std::array<ExitText, 8> exit_texts{
    {{Exit::ok, "done or no input"},
     {Exit::line_failed, "a line failed"},
     {Exit::usage, "wrong usage"},
     {Exit::outcome_unknown, "outcome unknown or task runs on"},
     {Exit::credentials, "vault or credentials refused"},
     {Exit::tls_identity, "TLS identity refused"},
     {Exit::unreachable, "API unreachable"},
     {Exit::write_failed, "stdout could not be written"}}};

}  // namespace proxmox
