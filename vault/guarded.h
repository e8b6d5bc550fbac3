// Guarded memory: locked, absent from core dumps, fenced on both sides, wiped when released.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>

namespace proxmox::vault {

struct GuardedFree {
    void operator()(char* bytes) const noexcept;
};

/// libsodium's guarded memory. Who shares a process with secrets has one thread that handles them.
using GuardedBytes = std::unique_ptr<char[], GuardedFree>;

/// Null when the memory cannot be had.
GuardedBytes guarded_bytes(std::size_t capacity);

/// Whether all guarded memory so far could be locked; what could not may be written to swap.
bool memory_is_locked();

/// A stray write is from here on a crash where it happens; that it can fail changes nothing else.
void make_read_only(const GuardedBytes& bytes);

}  // namespace proxmox::vault
