// A list of bounded length that can be written down in a constant expression.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>

namespace proxmox {

/// At most `Limit` items; one too many does not compile where the list is constexpr.
template <typename Item, std::size_t Limit>
class List {
  public:
    constexpr List() = default;
    constexpr List(std::initializer_list<Item> items) {
        for (const Item& item : items) items_.at(size_++) = item;
    }

    constexpr void add(const Item& item) { items_.at(size_++) = item; }

    constexpr const Item* begin() const { return items_.data(); }
    constexpr const Item* end() const { return items_.data() + size_; }
    constexpr std::size_t size() const { return size_; }
    constexpr bool empty() const { return size_ == 0; }

  private:
    std::array<Item, Limit> items_{};
    std::size_t size_ = 0;
};

}  // namespace proxmox
