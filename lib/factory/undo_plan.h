// The plan by which the failed lines of a run are taken back.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "loop/plan.h"

namespace proxmox {

Plan undo_plan(const Plan& plan);

}  // namespace proxmox
