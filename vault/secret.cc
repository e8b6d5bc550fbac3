// Bytes that must not linger: filling, sealing and comparison.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "secret.h"

#include <sodium.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace proxmox::vault {

Secret::Secret(Secret&& other) noexcept
    : bytes_(std::move(other.bytes_)),
      start_(std::exchange(other.start_, 0)),
      size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
    bytes_ = std::move(other.bytes_);
    start_ = std::exchange(other.start_, 0);
    size_ = std::exchange(other.size_, 0);
    return *this;
}

Secret Secret::narrowed_to(std::string_view part) && {
    start_ = part.empty() ? 0 : static_cast<std::size_t>(part.data() - bytes_.get());
    size_ = part.size();
    return std::move(*this);
}

Result<Secret> Secret::copy_of(std::string_view bytes) {
    return filled(bytes.size(), [&](std::span<char> target) -> Result<std::size_t> {
        std::ranges::copy(bytes, target.begin());
        return bytes.size();
    });
}

Result<Secret> Secret::allocate(std::size_t capacity) {
    Secret secret;
    secret.bytes_ = guarded_bytes(capacity);
    if (!secret.bytes_) return fail_errno(Exit::credentials, "locked memory", ENOMEM);
    return secret;
}

bool same_bytes(std::string_view left, std::string_view right) {
    return left.size() == right.size() &&
           sodium_memcmp(left.data(), right.data(), left.size()) == 0;
}

bool operator==(const Secret& left, const Secret& right) {
    return same_bytes(left.reveal(), right.reveal());
}

}  // namespace proxmox::vault
