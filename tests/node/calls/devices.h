// Disks and cards of a guest: how a value that was asked for is written down.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "calls/stage.h"

namespace demo_node {

/// "local:100/vm-100-disk-0.qcow2" where disks are files, and "thin:vm-100-disk-0" elsewhere.
std::string volume_name(const Stage& stage, const GuestKind& kind, std::string_view storage,
                        long id, int number, std::string_view format);

/// All its disks do.
bool takes_snapshots(const Stage& stage, const Guest& guest);

/// A disk of its own for "local:32" and "local:cloudinit"; what exists already stays as it is.
std::string disk_value(const Stage& stage, const Guest& guest, std::string_view value);

/// "unable to parse volume ID 'x'" of what names no volume, or an empty text.
std::string unreadable_volume(std::string_view value);

/// A card gets an address where it has none, and its properties their order.
std::string card_value(const Guest& guest, std::string_view value, Random& random);

/// The same card with another address.
std::string copied_card(const Guest& guest, std::string_view value, Random& random);

}  // namespace demo_node
