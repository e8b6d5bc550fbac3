// A table of JSON objects: columns found or named, widths measured, every cell safe to print.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "print/table.h"

#include <algorithm>
#include <array>

#include "base/display_width.h"
#include "base/escape.h"

namespace proxmox {
namespace {

constexpr std::string_view gap = "  ";
constexpr std::string_view empty_cell = "-";
/// What a person looks for first.
constexpr std::array<std::string_view, 4> leading{"ok", "vm_id", "vm_name", "vm_status"};
/// The same on every line, or for programs: shown when they are named.
constexpr std::array<std::string_view, 4> for_programs{"action", "source", "raw_data", "upid"};

std::string cell_of(const json::Value& value) {
    std::string text;
    switch (value.kind()) {
        case json::Kind::missing:
        case json::Kind::null: break;
        case json::Kind::array:
        case json::Kind::object: json::write(text, value); break;
        case json::Kind::boolean:
        case json::Kind::number:
        case json::Kind::string: text = value.text(); break;
    }
    return text.empty() ? std::string(empty_cell) : escape(text, cell_limit);
}

bool is_number(std::string_view cell) {
    return cell == empty_cell || cell.find_first_not_of("0123456789.+-eE") == std::string::npos;
}

/// Places of the leading columns, then the rest as they came.
std::size_t place_of(std::string_view key) {
    return static_cast<std::size_t>(std::ranges::find(leading, key) - leading.begin());
}

}  // namespace

Table::Table(const std::vector<std::string>& names, std::size_t width)
    : width_(width), are_named_(!names.empty()) {
    for (const std::string& name : names)
        if (columns_.size() < table_columns_limit) columns_.push_back({.key = name});
}

void Table::find_columns(const json::Value& object) {
    object.each([this](const json::Value& value) {
        if (columns_.size() < table_columns_limit &&
            std::ranges::find(columns_, value.key(), &Column::key) == columns_.end())
            columns_.push_back({.key = std::string(value.key())});
    });
}

Table::Row Table::cells_of(const json::Value& object) const {
    Row cells;
    cells.reserve(columns_.size());
    for (const Column& column : columns_) cells.push_back(cell_of(object[column.key]));
    return cells;
}

void Table::keep(const json::Value& object) {
    if (!are_named_) find_columns(object);
    rows_.push_back(cells_of(object));
}

/// Leaves out what is for programs and puts first what people look for.
void Table::choose_columns() {
    std::vector<std::size_t> chosen;
    for (std::size_t at = 0; at < columns_.size(); ++at)
        if (std::ranges::find(for_programs, columns_[at].key) == for_programs.end())
            chosen.push_back(at);
    if (chosen.empty()) return;
    std::ranges::stable_sort(chosen, {},
                             [this](std::size_t at) { return place_of(columns_[at].key); });
    std::vector<Column> columns;
    for (const std::size_t at : chosen) columns.push_back(columns_[at]);
    for (Row& row : rows_) {
        Row cells;
        for (const std::size_t at : chosen) cells.push_back(std::move(row[at]));
        row = std::move(cells);
    }
    columns_ = std::move(columns);
}

void Table::fit() {
    if (width_ == 0) return;
    std::size_t total = gap.size() * (columns_.size() - 1);
    for (const Column& column : columns_) total += column.width;
    while (total > width_) {
        // A number that is cut would be another number.
        const auto room = [](const Column& column) {
            return column.is_of_numbers ? 0 : column.width;
        };
        const auto widest = std::ranges::max_element(columns_, {}, room);
        if (room(*widest) <= narrowest_column) return;
        --widest->width;
        --total;
    }
}

std::string Table::settle() {
    if (rows_.empty()) return {};
    // A row that came before a column was met has nothing there.
    for (Row& row : rows_) row.resize(columns_.size(), std::string(empty_cell));
    if (!are_named_) choose_columns();
    if (columns_.empty()) return {};
    Row head;
    for (std::size_t at = 0; at < columns_.size(); ++at) {
        Column& column = columns_[at];
        head.push_back(escape(column.key, cell_limit));
        column.width = display_width(head.back());
        for (const Row& row : rows_) {
            column.width = std::max(column.width, display_width(row[at]));
            column.is_of_numbers = column.is_of_numbers && is_number(row[at]);
        }
    }
    fit();
    std::string text = draw(head);
    for (const Row& row : rows_) text += draw(row);
    rows_.clear();
    return text;
}

std::string Table::line(const json::Value& object) const { return draw(cells_of(object)); }

std::string Table::draw(const Row& cells) const {
    std::string text;
    for (std::size_t at = 0; at < columns_.size(); ++at) {
        const Column& column = columns_[at];
        const std::string cell =
            column.is_of_numbers ? cells[at] : cut_to_width(cells[at], column.width);
        const std::size_t taken = display_width(cell);
        const std::string blanks(column.width > taken ? column.width - taken : 0, ' ');
        const bool is_last = at + 1 == columns_.size();
        text += column.is_of_numbers ? blanks + cell : cell + (is_last ? "" : blanks);
        if (!is_last) text += gap;
    }
    if (width_ > 0) text = cut_to_width(text, width_);
    return text + '\n';
}

}  // namespace proxmox
