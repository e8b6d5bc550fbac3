// How a guest comes to be: what is written into its configuration when it is created or cloned.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "calls/calls.h"

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

/// "local:100/vm-100-disk-0.qcow2" where disks are files, and "thin:vm-100-disk-0" elsewhere.
std::string volume_name(const Stage& stage, const GuestKind& kind, std::string_view storage,
                        long id, int number, std::string_view format);

/// All its disks do.
bool takes_snapshots(const Stage& stage, const Guest& guest);

std::string new_uuid(Random& random);

}  // namespace demo_node
