// A table out of an answer: of each element of its array `data`, the values under given keys.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: what is done for each value of a long list has to be inlined.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "json/json.h"

namespace proxmox::json {

/// Some ten times as many as the largest cluster has guests.
inline constexpr std::size_t rows_limit = 1'000'000;

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
        : answer_(answer), columns_(std::max<std::size_t>(columns, 1)) {
        // Room that is not written to costs no memory; growing would write all of it again.
        cells_.reserve(answer.size() / small_row_size * columns_);
    }

    std::size_t rows() const { return cells_.size() / columns_; }
    Field at(std::size_t row, std::size_t column) const {
        const Cell& cell = cells_[row * columns_ + column];
        const std::string_view texts = cell.is_apart ? std::string_view(apart_) : answer_;
        return {cell.kind, {texts.data() + cell.start, cell.size}};
    }

    void add_row() { cells_.resize(cells_.size() + columns_); }
    /// Fills the last row; what does not stand in the answer is copied.
    void set(std::size_t column, Kind kind, std::string_view text) {
        const bool is_within = text.data() >= answer_.data() &&
                               text.data() + text.size() <= answer_.data() + answer_.size();
        Cell& cell = cells_[cells_.size() - columns_ + column];
        cell.kind = kind;
        cell.is_apart = !is_within;
        cell.start = static_cast<std::uint32_t>(is_within ? text.data() - answer_.data()
                                                          : std::ssize(apart_));
        // An answer is smaller than that.
        cell.size = static_cast<std::uint32_t>(text.size()) & 0x7ffffffU;
        if (!is_within) apart_ += text;
    }
    void clear() { cells_.clear(); }
    /// The answer has moved.
    void stand_in(std::string_view answer) { answer_ = answer; }

  private:
    /// Most rows are larger.
    static constexpr std::size_t small_row_size = 100;

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
