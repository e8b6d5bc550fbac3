// Tasks: how one is awaited, what its end means, and why it failed.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "way/line.h"

namespace proxmox {

/// Takes a task for the line's own: from now on it is what the line waits for.
void take_task(Line& line, std::string upid);

/// Waits for the line's task until it ends or the line's time is over.
Way<TaskEnd> task_end(Line& line);

/// "POST start failed for vm_id 100"
std::string failed_phrase(const Line& line);
/// What is traced when the task outlives the wait.
std::string overdue_words(const Line& line);

/// Its task has no end of its own: what it has done is not known.
std::string worker_died(const Line& line);

/// The end of a task about which nothing is known: what the guest's state is now is worth telling.
Failure end_unknown(Line& line, const TaskEnd& end);

/// Ends the way with the last lines of the log of the line's task.
Way<void> fail_with_log(Line& line, Failure failed);

}  // namespace proxmox
