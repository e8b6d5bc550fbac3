// A list of any length that can be written down in a constant expression.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>

namespace proxmox {

/// Written down in place it keeps its items itself, up to `longest_in_place` of them: one more does
/// not compile. A longer list is an array with a name, `constexpr Column columns[]{...}`, which the
/// list then only refers to.
template <typename Item>
class List {
  public:
    static constexpr std::size_t longest_in_place = 8;

    constexpr List() = default;
    constexpr List(std::initializer_list<Item> items) {
        for (const Item& item : items) own_.at(size_++) = item;
    }
    template <std::size_t Size>
    explicit(false) constexpr List(const Item (&items)[Size]) : named_(items), size_(Size) {}

    constexpr const Item* begin() const { return named_ == nullptr ? own_.data() : named_; }
    constexpr const Item* end() const { return begin() + size_; }
    constexpr std::size_t size() const { return size_; }
    constexpr bool empty() const { return size_ == 0; }

  private:
    std::array<Item, longest_in_place> own_{};
    const Item* named_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace proxmox
