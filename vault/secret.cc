// Bytes that must not linger: allocation, sealing and comparison through libsodium.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "secret.h"

#include <sodium.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace proxmox::vault {

void GuardedFree::operator()(char* bytes) const noexcept { sodium_free(bytes); }

GuardedBytes guarded_bytes(std::size_t capacity) {
    // sodium_malloc() needs the page size and the canary that sodium_init() prepares.
    static const bool ready = sodium_init() >= 0;
    if (!ready) return nullptr;
    return GuardedBytes(static_cast<char*>(sodium_malloc(std::max<std::size_t>(capacity, 1))));
}

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

void Secret::seal(std::size_t size) {
    size_ = size;
    // A stray write is then a crash where it happens; that it can fail changes nothing else.
    static_cast<void>(sodium_mprotect_readonly(bytes_.get()));
}

bool same_bytes(std::string_view left, std::string_view right) {
    return left.size() == right.size() &&
           sodium_memcmp(left.data(), right.data(), left.size()) == 0;
}

bool operator==(const Secret& left, const Secret& right) {
    return same_bytes(left.reveal(), right.reveal());
}

}  // namespace proxmox::vault
