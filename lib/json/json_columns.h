// Which column of a table a key belongs to.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "json/json.h"

namespace proxmox::json {

/// The wanted keys. Most keys of an answer are not, which their mark tells at once.
class Columns {
  public:
    static constexpr std::size_t none = SIZE_MAX;

    explicit Columns(std::span<const std::string_view> keys) : keys_(keys) {
        for (const std::string_view key : keys) is_marked_[mark_of(key)] = true;
    }
    std::size_t find(std::string_view key, std::uint8_t mark) const {
        if (!is_marked_[mark]) return none;
        const auto found = std::ranges::find(keys_, key);
        return found == keys_.end() ? none : static_cast<std::size_t>(found - keys_.begin());
    }

  private:
    std::span<const std::string_view> keys_;
    std::array<bool, 256> is_marked_{};
};

}  // namespace proxmox::json
