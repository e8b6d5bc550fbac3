// Turns: of what must not be done too often at a time, counted over all processes of a user.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace proxmox {

/// Because Proxmox's lock on a storage gives up when more wait for it.
inline constexpr std::size_t turns_at_once = 2;

/// A turn that was given; others may have it when this ends, however its process does.
class Turn {
  public:
    explicit Turn(int descriptor) : descriptor_(descriptor) {}
    Turn(Turn&& other) noexcept;
    Turn& operator=(Turn&& other) noexcept;
    ~Turn();

    /// 0 or the errno; another one's turn is EWOULDBLOCK.
    int lock() const;

  private:
    int descriptor_;
};

/// Locks on small files in a directory, `turns_at_once` for each turn.
class Turns {
  public:
    explicit Turns(std::string directory) : directory_(std::move(directory)) {}

    /// Nothing while all are taken. Where no file can be locked nobody is kept waiting: the node's
    /// own lock says no in the end.
    std::optional<Turn> take(std::string_view turn);

  private:
    std::string directory_;
};

}  // namespace proxmox
