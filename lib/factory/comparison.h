// Comparing machines: what a plan says beside what there is, before anything is made or changed.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tool/tool.h"

namespace proxmox {

/// `plan_state`: whether the line's machine is "new", "as wanted", "to change" or "refused", and
/// `plan_because`: what differs, or why. Nothing is changed.
[[gnu::visibility("default")]] Way<Printed> compare_machine(Line& line);

}  // namespace proxmox
