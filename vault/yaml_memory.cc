// Guarded memory for libyaml: power-of-two pieces cut from a few locked chunks.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "yaml_memory.h"

#include <sodium.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

namespace proxmox::vault {
namespace {

/// In front of each piece; as long as malloc's alignment, so that the piece is aligned too.
struct alignas(std::max_align_t) Header {
    std::size_t size_class;
};

constexpr std::size_t smallest_piece = 2 * sizeof(Header);

thread_local YamlMemory* current = nullptr;

Header* header_of(void* memory) { return static_cast<Header*>(memory) - 1; }

std::size_t payload_size(const Header* header) {
    return (std::size_t{1} << header->size_class) - sizeof(Header);
}

}  // namespace

YamlMemory::Use::Use(YamlMemory& memory) {
    assert(!current);
    current = &memory;
}

YamlMemory::Use::~Use() { current = nullptr; }

bool YamlMemory::add_chunk(std::size_t at_least) {
    if (chunk_count_ == chunk_limit) return false;
    const std::size_t size = std::max(first_chunk_size << chunk_count_, at_least);
    chunks_[chunk_count_] = guarded_bytes(size);
    if (!chunks_[chunk_count_]) return false;
    next_ = chunks_[chunk_count_++].get();
    left_ = size;
    return true;
}

void* YamlMemory::allocate(std::size_t size) {
    constexpr std::size_t largest_piece = first_chunk_size << (chunk_limit - 1);
    if (size > largest_piece) return nullptr;
    const std::size_t piece = std::bit_ceil(std::max(size + sizeof(Header), smallest_piece));
    const auto size_class = static_cast<std::size_t>(std::countr_zero(piece));
    if (void* memory = released_[size_class]) {
        std::memcpy(&released_[size_class], memory, sizeof memory);
        return memory;
    }
    if (left_ < piece && !add_chunk(piece)) return nullptr;
    auto* header = reinterpret_cast<Header*>(next_);
    header->size_class = size_class;
    next_ += piece;
    left_ -= piece;
    return header + 1;
}

void* YamlMemory::resize(void* memory, std::size_t size) {
    if (!memory) return allocate(size);
    const std::size_t old_size = payload_size(header_of(memory));
    if (size <= old_size) return memory;
    void* larger = allocate(size);
    if (!larger) return nullptr;
    std::memcpy(larger, memory, old_size);
    release(memory);
    return larger;
}

void YamlMemory::release(void* memory) {
    if (!memory) return;
    const Header* header = header_of(memory);
    sodium_memzero(memory, payload_size(header));
    std::memcpy(memory, &released_[header->size_class], sizeof memory);
    released_[header->size_class] = memory;
}

}  // namespace proxmox::vault

// The names that the build gives to malloc, realloc, free and strdup in its copy of libyaml.
extern "C" {

using proxmox::vault::current;

void* vault_yaml_malloc(std::size_t size) { return current ? current->allocate(size) : nullptr; }

void* vault_yaml_realloc(void* memory, std::size_t size) {
    return current ? current->resize(memory, size) : nullptr;
}

void vault_yaml_free(void* memory) {
    if (current) current->release(memory);
}

char* vault_yaml_strdup(const char* text) {
    const std::size_t size = std::strlen(text) + 1;
    auto* copy = static_cast<char*>(vault_yaml_malloc(size));
    if (copy) std::memcpy(copy, text, size);
    return copy;
}
}
