// Memory in large pieces: what the kernel gives in steps of 2 MiB where it can.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>

namespace proxmox {

/// Room for `size` bytes in all. Megabytes come in large pages: a list of 20 000 VMs would ask the
/// kernel two thousand times for a small one, which takes as long as reading it.
void reserve_large(std::string& text, std::size_t size);

}  // namespace proxmox
