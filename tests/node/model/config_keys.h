// What a VM's configuration may hold: every key that POST and PUT take, and how it is judged.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string_view>

#include "http/parameters.h"

namespace demo_node {

/// The fields of PUT and POST config: the keys, and delete, revert, digest and the like.
std::span<const Field> config_fields();

/// The fields of the call that creates a VM.
std::span<const Field> creation_fields();

/// The key is one of a configuration, and not a parameter of the call.
bool is_config_key(std::string_view name);

/// Keys whose values are numbers in an answer.
bool is_number_key(std::string_view name);

/// "scsi0", "virtio3": a disk, or what a cloud-init drive or an image stands in.
bool is_disk_key(std::string_view name);

}  // namespace demo_node
