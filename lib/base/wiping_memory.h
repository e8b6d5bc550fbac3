// Memory for libraries that copy secrets: whatever is given back is wiped.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

namespace proxmox {

void wiping_free(void* memory);
void* wiping_realloc(void* memory, std::size_t size);

}  // namespace proxmox
