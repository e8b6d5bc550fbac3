// How the power of a guest changes: the steps of the tasks, and what they leave behind.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "calls/calls.h"

namespace demo_node {

/// The guest of a task, found anew each time: it may be gone when the task comes to it.
struct Target {
    Stage& stage;
    const GuestKind& kind;
    std::string node;
    long id;
    std::string missing;

    Guest* guest() const { return stage.cluster.guest(kind, node, id); }
};

Target target_of(const Call& call, std::string missing);

Plan start_plan(const Target& target);

/// Stop and shutdown of a machine that is off succeed at once, locked or not.
Plan::Duration begin_stop(const Target& target, const Task& task, int duration_ms);
Plan::Status end_stop(const Target& target);

/// A task that changes a running guest in one step; a backup's lock does not hinder it.
Plan step_plan(const Target& target, void (*effect)(Guest&, Task&));

/// What HA is asked for comes about later than the task that asks.
bool is_managed(const Target& target);
Plan managed_plan(const Target& target, bool should_run);

/// The effect of a suspend to disk.
void save_to_disk(Guest& guest, Task& task);

}  // namespace demo_node
