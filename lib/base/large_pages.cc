// Memory in large pieces: what the kernel gives in steps of 2 MiB where it can.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/large_pages.h"

#include <sys/mman.h>

#include <cstdint>

namespace proxmox {
namespace {

constexpr std::uintptr_t large_page = std::uintptr_t{2} << 20;

}  // namespace

void reserve_large(std::string& text, std::size_t size) {
    text.reserve(size);
    const auto start = reinterpret_cast<std::uintptr_t>(text.data());
    const std::uintptr_t first = (start + large_page - 1) / large_page * large_page;
    const std::uintptr_t last = (start + text.capacity()) / large_page * large_page;
    // Advice: where it is not taken, all goes on with small pages.
    if (first < last) (void)madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
}

}  // namespace proxmox
