// A mark is a line in a VM's notes that says which creation it comes from.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace proxmox {

/// Notes with a line for this creation, a random uuid, in the place of all others' marks: a clone
/// comes with those of its source, whose id the line says as well.
std::string marked(std::string_view notes, std::string_view uuid, std::string_view source = {});

/// The id of which these notes say that they are a clone's; empty where no mark says one.
[[gnu::visibility("default")]] std::string source_in(std::string_view notes);

/// The lines of these notes that are marks, whole, each with its newline.
[[gnu::visibility("default")]] std::string marks_in(std::string_view notes);

/// Whether a line of the notes is this creation's mark, whole and with nothing beside it.
bool bears_mark(std::string_view notes, std::string_view uuid);

}  // namespace proxmox
