// Guarded memory for libyaml, whose own allocator would leave every value of a vault behind.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>

#include "guarded.h"

namespace proxmox::vault {

/// What libyaml allocates while a `Use` lives: in locked memory, wiped as a whole when it goes.
/// Released pieces are wiped and used again.
class YamlMemory {
  public:
    /// Makes libyaml allocate from `memory` in this thread. It gets no memory without one.
    class Use {
      public:
        explicit Use(YamlMemory& memory);
        Use(const Use&) = delete;
        Use& operator=(const Use&) = delete;
        ~Use();
    };

    YamlMemory() = default;
    YamlMemory(const YamlMemory&) = delete;
    YamlMemory& operator=(const YamlMemory&) = delete;

    /// Null when the limit is reached, which libyaml reports as an error.
    void* allocate(std::size_t size);
    void* resize(void* memory, std::size_t size);
    void release(void* memory);

  private:
    /// Each chunk is twice the one before it, so the sum of all is the limit. The first holds what
    /// a vault of usual size needs: two buffers of libyaml's and a few hundred small pieces.
    static constexpr std::size_t first_chunk_size = std::size_t{128} << 10;
    static constexpr std::size_t chunk_limit = 8;
    static constexpr std::size_t class_count = 32;

    bool add_chunk(std::size_t at_least);

    std::array<GuardedBytes, chunk_limit> chunks_;
    std::size_t chunk_count_ = 0;
    char* next_ = nullptr;
    std::size_t left_ = 0;
    std::array<void*, class_count> released_{};
};

}  // namespace proxmox::vault
