// What a guest's configuration may hold: every key that POST and PUT take, and how it is judged.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string_view>

#include "http/parameters.h"
#include "model/guest_kind.h"

namespace demo_node {

/// The fields of PUT and POST config: the keys, and delete, revert, digest and the like.
std::span<const Field> config_fields(const GuestKind& kind);

/// The fields of the call that creates a guest.
std::span<const Field> creation_fields(const GuestKind& kind);

/// The key is one of a configuration, and not a parameter of the call.
bool is_config_key(const GuestKind& kind, std::string_view name);

/// Keys whose values are numbers in an answer.
bool is_number_key(const GuestKind& kind, std::string_view name);

/// "scsi0", "virtio3", "rootfs": a disk, or what a cloud-init drive or an image stands in.
bool is_disk_key(const GuestKind& kind, std::string_view name);

/// "net0" and its like.
bool is_card_key(std::string_view name);

}  // namespace demo_node
