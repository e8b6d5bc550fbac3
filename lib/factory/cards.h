// The network cards of a guest's configuration: "net0" is "virtio=MAC,bridge=vmbr0,firewall=1".
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "base/error.h"
#include "json/json.h"

namespace proxmox {

/// A row for each card, as Proxmox's lists are: its `number` and `device`, its `model` and `mac`,
/// and each other property under its own name, as text.
[[gnu::visibility("default")]] Result<std::string> rows_of_cards(const json::Value& config);

}  // namespace proxmox
