// What Proxmox writes into a task's log about disks that are made or copied.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/model.h"
#include "model/task.h"

namespace demo_node {

void log_new_disks(const Guest& guest, Task& task);

/// The drives are copied one after the other; here, the first takes all of the task's time.
void log_full_clone(const Guest& from, const Config& to, Task& task, bool is_over);

}  // namespace demo_node
