// The login: knocks until a machine takes it, and compares the machine with the line.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "guest/visit.h"

namespace proxmox {

std::vector<Rung> login_rungs(const Record& record);

/// Over the connection that the tool before has left, which was proven to lead to this machine; by
/// a login where there is none, or where the step is there for that.
Way<void> come_in(Visit& visit);
/// Knocks until the machine takes the login and is the line's, or its time is up.
Way<void> log_in(Visit& visit);

}  // namespace proxmox
