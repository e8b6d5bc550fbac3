// How a VM comes to be: what is written into its configuration when it is created or cloned.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "calls/calls.h"

namespace demo_node {

/// Why not, as the API says it; an empty text when all is well.
std::string write_parameters(Stage& stage, Vm& vm, const Parameters& parameters);

/// A new VM's own marks: uuid, vmgenid, and when it was made.
void write_birth_marks(Stage& stage, Vm& vm);

/// The source's configuration under a new identity: uuid, network addresses, disks.
Config cloned_config(Stage& stage, const Vm& source, long id, bool linked,
                     const std::string& storage);

/// The storages on which a VM has disks; the first one counts for locks.
std::string storage_of(const Vm& vm);

/// "storage 'x' does not exist", or an empty text.
std::string unknown_storage(const Stage& stage, std::string_view volume);

std::string new_uuid(Random& random);

}  // namespace demo_node
