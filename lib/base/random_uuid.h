// A random UUID, by which a VM of ours can be told from any other.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace proxmox {

std::string random_uuid();

}  // namespace proxmox
