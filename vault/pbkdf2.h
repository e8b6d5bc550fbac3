// PBKDF2-HMAC-SHA256 as ansible-vault uses it, and the HMAC that it is made of.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "secret.h"

namespace proxmox::vault {

inline constexpr std::size_t digest_size = 32;
inline constexpr int kdf_rounds = 10'000;

/// HMAC-SHA256 under one key. The key is absorbed once: each message then costs two blocks less.
class HmacSha256 {
  public:
    using State = std::array<std::uint32_t, 8>;
    using Digest = std::array<char, digest_size>;

    explicit HmacSha256(std::string_view key);
    HmacSha256(const HmacSha256&) = delete;
    HmacSha256& operator=(const HmacSha256&) = delete;
    ~HmacSha256();

    /// The MAC of `message` followed by `tail`.
    Digest digest(std::string_view message, std::string_view tail = {}) const;

    const State& inner() const { return inner_; }
    const State& outer() const { return outer_; }

  private:
    State inner_;
    State outer_;
};

/// `size` bytes derived from the password in `rounds` rounds.
Result<Secret> pbkdf2(std::string_view password, std::string_view salt, int rounds,
                      std::size_t size);

}  // namespace proxmox::vault
