// Memory for a vault's secrets as fuzzing needs it: no system calls, and fences of ASan's.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <sanitizer/asan_interface.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "guarded.h"

namespace proxmox::vault {
namespace {

struct Piece {
    char* bytes;
    std::size_t size;
    bool is_free;
};

/// Pieces are used again, since each fresh one costs more than all that is done with it.
std::vector<Piece>& pieces() {
    static std::vector<Piece> all;
    return all;
}

}  // namespace

void GuardedFree::operator()(char* bytes) const noexcept {
    const auto piece = std::ranges::find(pieces(), bytes, &Piece::bytes);
    piece->is_free = true;
    ASAN_POISON_MEMORY_REGION(piece->bytes, piece->size);
}

GuardedBytes guarded_bytes(std::size_t capacity) {
    const std::size_t size = std::max<std::size_t>(capacity, 1);
    const auto free = std::ranges::find_if(
        pieces(), [size](const Piece& piece) { return piece.is_free && piece.size == size; });
    if (free == pieces().end()) {
        pieces().push_back({static_cast<char*>(std::malloc(size)), size, false});
        return GuardedBytes(pieces().back().bytes);
    }
    free->is_free = false;
    ASAN_UNPOISON_MEMORY_REGION(free->bytes, size);
    return GuardedBytes(free->bytes);
}

void make_read_only(const GuardedBytes&) {}

}  // namespace proxmox::vault
