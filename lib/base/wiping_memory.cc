// Memory for libraries that copy secrets: whatever is given back is wiped.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/wiping_memory.h"

#include <malloc.h>
#include <sodium.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace proxmox {

void wiping_free(void* memory) {
    if (memory == nullptr) return;
    sodium_memzero(memory, malloc_usable_size(memory));
    free(memory);
}

void* wiping_realloc(void* memory, std::size_t size) {
    if (memory == nullptr) return malloc(size);
    const std::size_t held = malloc_usable_size(memory);
    if (size <= held && size > held / 2) return memory;
    void* larger = malloc(size);
    if (larger == nullptr) return nullptr;
    std::memcpy(larger, memory, std::min(held, size));
    wiping_free(memory);
    return larger;
}

}  // namespace proxmox
