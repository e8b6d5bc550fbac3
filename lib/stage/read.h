// A line's result: what is read once all is done, and how it is printed.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stage/changes.h"
#include "way/line.h"

namespace proxmox {

/// The line's columns, filled from the record and `row`, which may be missing.
[[gnu::visibility("default")]] Printed print(Line& line, const json::Value& row = {});

/// A change that has been made, before its result is read.
struct Acted {
    const Change* change = nullptr;
    /// It was so already, and nothing ran.
    bool was_so = false;
};

/// Asks for a guest's or another object's state, and prints it. After a change the state has to
/// show it; one that cannot be read is a note, since its task ended well.
[[gnu::visibility("default")]] Way<Printed> read_state(Line& line, const Reading& reading,
                                                       Acted acted = {});

/// Asks for a list, and prints a line for each of its rows that is wanted.
[[gnu::visibility("default")]] Way<Printed> read_rows(Line& line, const Reading& reading);

/// A good answer may still be none to what was asked: why; empty where it is one.
std::string what_is_wrong_with(const json::Value& state, const Record& record);

/// Asks what the guest's state is now, and ends the way by the failure that made that worth asking.
Way<void> fail_with_state(Line& line, const Reading& reading, Failure failed);

}  // namespace proxmox
