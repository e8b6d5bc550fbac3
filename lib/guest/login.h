// The login: knocks until a machine takes it, and compares the machine with the line.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "guest/visit.h"

namespace proxmox {

std::vector<Rung> login_rungs(const Record& record);

/// To be known before the first knock: what the user's own configuration says of keys.
Way<void> ask_for_policy(Visit& visit);
Way<void> log_in(Visit& visit);

}  // namespace proxmox
