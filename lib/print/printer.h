// A Printer fills the columns of a tool from a record and a row, in the form that a run wants.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "json/json_table.h"
#include "line/record.h"
#include "print/printing.h"

namespace proxmox {

/// What is wanted of each row, in the order in which it was asked for.
class WantedFields {
  public:
    static constexpr std::size_t none = SIZE_MAX;

    std::size_t add(std::string_view key) {
        if (key.empty()) return none;
        const auto found = std::ranges::find(keys_, key);
        const auto at = static_cast<std::size_t>(found - keys_.begin());
        if (found == keys_.end()) keys_.push_back(key);
        return at;
    }
    const std::vector<std::string_view>& keys() const { return keys_; }

  private:
    std::vector<std::string_view> keys_;
};

/// The wanted values of one row.
using Row = std::span<const json::Field>;

/// A column with all that is known of it before a row is seen.
struct Slot {
    Column column;
    /// The quoted key with its colon.
    std::string lead;
    /// As JSON: the value, or what stands in where a row has none.
    std::string value;
    /// Which of a row's values it is; none when it is known.
    std::size_t field;
};

/// A part of a JSON line: all that is known up to a value, the same with the value's key, and what
/// stands in for the value. Both begin with a comma.
struct Piece {
    std::string known;
    std::string with_key;
    std::string otherwise;
    std::size_t field = WantedFields::none;
};

/// Knows all that is known of its lines before a row is seen. Adds to `wanted` what it prints of
/// one; printing and record outlive it.
class Printer {
  public:
    Printer(const Printing& printing, const Record& record, WantedFields& wanted);

    /// One line, newline included.
    void print(std::string& out, Row row) const;

  private:
    const Printing& printing_;
    const Record& record_;
    std::vector<Slot> slots_;
    std::vector<Piece> pieces_;
};

}  // namespace proxmox
