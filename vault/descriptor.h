// File descriptors that close themselves, and reading one to its end within a time.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <utility>

namespace proxmox::vault {

/// Owns one file descriptor, or none.
class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor() { close(); }

    explicit operator bool() const { return number_ >= 0; }
    int number() const { return number_; }
    void close() {
        if (number_ >= 0) ::close(std::exchange(number_, -1));
    }

  private:
    int number_ = -1;
};

using Clock = std::chrono::steady_clock;

/// Waits until `descriptor` can be read (or is at its end): 0, ETIMEDOUT, or poll's errno.
int wait_readable(int descriptor, Clock::time_point deadline);

/// Reads until `enough` bytes are there, the end is, or `buffer` is full; `descriptor` must not
/// block, and what cannot block (a regular file) is not waited for. The error is an errno:
/// ETIMEDOUT when the deadline came first.
struct Reading {
    Clock::time_point deadline;
    std::size_t enough = SIZE_MAX;
    bool can_block = true;
};
std::expected<std::size_t, int> read_to_end(int descriptor, std::span<char> buffer,
                                            const Reading& how);

}  // namespace proxmox::vault
