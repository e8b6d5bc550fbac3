// How a guest comes to be: what is written into its configuration when it is created or cloned.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "calls/calls.h"
#include "calls/devices.h"

namespace demo_node {

/// Why not, as the API says it; an empty text when all is well.
std::string write_parameters(Stage& stage, Guest& guest, const Parameters& parameters);

/// A new VM's own marks: uuid, vmgenid, and when it was made.
void write_birth_marks(Stage& stage, Guest& guest);

/// The source's configuration under a new identity: uuid, network addresses, disks.
Config cloned_config(Stage& stage, const Guest& source, long id, bool linked,
                     const std::string& storage);

/// The storages on which a VM has disks; the first one counts for locks.
std::string storage_of(const Guest& guest);

/// "storage 'x' does not exist", or an empty text.
std::string unknown_storage(const Stage& stage, std::string_view volume);

/// The configuration says so, and its disks are called otherwise.
void become_template(Guest& guest);

std::string new_uuid(Random& random);

}  // namespace demo_node
