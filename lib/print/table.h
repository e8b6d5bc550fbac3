// A table of JSON objects: columns found or named, widths measured, every cell safe to print.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/json.h"

namespace proxmox {

inline constexpr std::size_t table_columns_limit = 64;
inline constexpr std::size_t cell_limit = 256;
/// A column of text is not made narrower than that to let the table fit.
inline constexpr std::size_t narrowest_column = 6;

/// Rows are kept until the table is settled; its widths hold from then on.
class Table {
  public:
    /// Without names the columns are those of the rows, `width` 0 is a page of any width.
    Table(const std::vector<std::string>& names, std::size_t width);

    void keep(const json::Value& object);
    std::size_t rows_kept() const { return rows_.size(); }
    /// The head and the rows kept so far; nothing when there was none.
    std::string settle();
    /// One more row, in the widths that are settled.
    std::string line(const json::Value& object) const;

  private:
    struct Column {
        std::string key;
        std::size_t width = 0;
        bool is_of_numbers = true;
    };
    using Row = std::vector<std::string>;

    void find_columns(const json::Value& object);
    Row cells_of(const json::Value& object) const;
    void choose_columns();
    void fit();
    std::string draw(const Row& cells) const;

    std::size_t width_;
    bool are_named_;
    std::vector<Column> columns_;
    std::vector<Row> rows_;
};

}  // namespace proxmox
