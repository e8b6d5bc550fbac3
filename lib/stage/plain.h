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
};

/// The way of a line whose tool is of the plain shape.
Way<Printed> go_plainly(Line& line, const Plain& plain);

/// How a way knows its guest: by what the line says, or by a proof of its own. One that is proven
/// may be on any node; and that it is gone is what its way was to bring about.
enum class Known : bool { by_line, by_proof };

/// A part of a way that needs the guest to be on the line's node.
using OnNode = std::function<Way<Printed>(Line& line)>;

/// Goes a way on the line's node, and once more on the node that has the guest where that is
/// another one and the line may be led there.
[[gnu::visibility("default")]] Way<Printed> where_it_is(Line& line, OnNode way,
                                                        Known known = Known::by_line);

/// What follows the last change of a way: its line as accepted, its task as overdue, or the result.
[[gnu::visibility("default")]] Way<Printed> finish(Line& line, Made made, const Change& change,
                                                   const Reading& reading);

}  // namespace proxmox
