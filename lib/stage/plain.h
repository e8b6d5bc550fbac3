// The plain shape of a tool: look, act, wait, read, print; and the way that is made of it.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include "stage/change.h"
#include "stage/changes.h"
#include "way/line.h"

namespace proxmox {

struct Plain {
    /// Asked in their order before anything is changed.
    List<Look> looks{};
    /// Each when the one before has ended well.
    List<Change> changes{};
    Reading reading{};
    /// A guest that an earlier task has locked is waited for, which otherwise makes a line fail.
    bool outlasts_locks = false;
    /// A guest that is not there is as it should be.
    bool may_be_gone = false;
};

/// The way of a line whose tool is of the plain shape.
Way<Printed> go_plainly(Line& line, const Plain& plain);

/// A part of a way that needs the guest to be on the line's node.
using OnNode = std::function<Way<Printed>(Line& line)>;

/// Goes a way on the line's node, and once more on the node that has the guest where that is
/// another one.
[[gnu::visibility("default")]] Way<Printed> where_it_is(Line& line, OnNode way,
                                                        bool may_be_gone = false);

/// What follows the last change of a way: its line as accepted, its task as overdue, or the result.
[[gnu::visibility("default")]] Way<Printed> finish(Line& line, Made made, const Change& change,
                                                   const Reading& reading);

}  // namespace proxmox
