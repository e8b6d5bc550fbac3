// A table out of an answer: where its values stand, and how they are printed again.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "json_table.h"

namespace proxmox::json {

std::optional<std::int64_t> Field::integer() const {
    Node node;
    node.text = text;
    node.kind = kind;
    return Value(&node, 0).integer();
}

void write(std::string& out, const Field& field) {
    if (field.kind == Kind::string)
        write_string(out, field.text);
    else
        out += field.exists() ? field.text : "null";
}

Field Table::at(std::size_t row, std::size_t column) const {
    const Cell& cell = cells_[row * columns_ + column];
    const std::string_view texts = cell.is_apart ? std::string_view(apart_) : answer_;
    return {cell.kind, texts.substr(cell.start, cell.size)};
}

void Table::set(std::size_t column, Kind kind, std::string_view text) {
    const bool is_within = text.data() >= answer_.data() &&
                           text.data() + text.size() <= answer_.data() + answer_.size();
    Cell& cell = cells_[cells_.size() - columns_ + column];
    cell.kind = kind;
    cell.is_apart = !is_within;
    cell.start =
        static_cast<std::uint32_t>(is_within ? text.data() - answer_.data() : std::ssize(apart_));
    // An answer is smaller than that.
    cell.size = static_cast<std::uint32_t>(text.size()) & 0x7ffffffU;
    if (!is_within) apart_ += text;
}

}  // namespace proxmox::json
