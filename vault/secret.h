// Bytes that must not linger: libsodium's guarded memory behind a move-only value.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>

#include "base/error.h"
#include "guarded.h"

namespace proxmox::vault {

/// Secret bytes in guarded memory: they move and compare in constant time, and can be neither
/// copied nor printed.
class Secret {
  public:
    Secret() = default;
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    ~Secret() = default;

    static Result<Secret> copy_of(std::string_view bytes);

    /// `fill` is given `capacity` writable bytes and returns, as a Result, how many it used.
    template <typename Fill>
    static Result<Secret> filled(std::size_t capacity, Fill&& fill) {
        Result<Secret> secret = allocate(capacity);
        if (!secret) return secret;
        const Result<std::size_t> used = fill(std::span<char>(secret->bytes_.get(), capacity));
        if (!used) return std::unexpected(used.error());
        secret->size_ = *used;
        return secret;
    }

    /// Keeps only `part`, which lies within; the rest stays where it is, locked, until all is
    /// wiped.
    Secret narrowed_to(std::string_view part) &&;

    /// For what is kept: the bytes become read-only.
    void seal() { make_read_only(bytes_); }

    /// The bytes themselves, valid while this object holds them: the only way to look inside.
    std::string_view reveal() const { return {bytes_.get() + start_, size_}; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }

    /// Only the lengths can be learnt from the time this takes.
    friend bool operator==(const Secret& left, const Secret& right);

  private:
    static Result<Secret> allocate(std::size_t capacity);
    GuardedBytes bytes_;
    std::size_t start_ = 0;
    std::size_t size_ = 0;
};

/// The constant-time comparison of `Secret`, for a view into one.
bool same_bytes(std::string_view left, std::string_view right);

static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);

}  // namespace proxmox::vault
