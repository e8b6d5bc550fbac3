// A table out of an answer: of each element of its array `data`, the values under given keys.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "error.h"
#include "json.h"

namespace proxmox::json {

/// A value in one piece: the text of a scalar without its escapes, or an array or object as it is
/// printed.
struct Field {
    Kind kind = Kind::missing;
    std::string_view text{};

    bool exists() const { return kind != Kind::missing && kind != Kind::null; }
    std::optional<std::int64_t> integer() const;
};

/// Prints it as write() prints a Value.
void write(std::string& out, const Field& field);

/// Eight bytes for each value, wherever its text stands; the answer has to stay as it is.
class Table {
  public:
    Table(std::string_view answer, std::size_t columns)
        : answer_(answer), columns_(std::max<std::size_t>(columns, 1)) {}

    std::size_t rows() const { return cells_.size() / columns_; }
    Field at(std::size_t row, std::size_t column) const;

    void add_row() { cells_.resize(cells_.size() + columns_); }
    /// Fills the last row; what does not stand in the answer is copied.
    void set(std::size_t column, Kind kind, std::string_view text);
    void clear() { cells_.clear(); }

  private:
    struct Cell {
        std::uint32_t start = 0;
        std::uint32_t size : 27 = 0;
        std::uint32_t is_apart : 1 = 0;
        Kind kind : 4 = Kind::missing;
    };

    std::string_view answer_;
    std::string apart_;
    std::size_t columns_;
    std::vector<Cell> cells_;
};

/// Every value is checked, also those that nobody asked for; one that is not as it should be leaves
/// no table. The answer is the same afterwards.
Result<Table> read_table(std::string& answer, std::span<const std::string_view> keys);

}  // namespace proxmox::json
