// The lines of an answer's rows, chosen, in order, made while they are written.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "print/row_lines.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <ranges>
#include <utility>

#include "base/timings.h"

namespace proxmox {
namespace {

/// What is made at a time stays in the processor's cache while it is looked through and written.
constexpr std::size_t piece_size = std::size_t{48} << 10;

/// By which of a row's values rows are chosen and put in order.
struct RowSelection {
    RowSelection(const Prints& prints, const Filter* filter, WantedFields& wanted)
        : match(wanted.add(prints.match.field)),
          filtered(filter == nullptr ? WantedFields::none : wanted.add(filtered_field(prints))),
          order(wanted.add(prints.order.field)) {}

    static std::string_view filtered_field(const Prints& prints) {
        const auto column = std::ranges::find(prints.columns, prints.filter, &Column::key);
        return column == prints.columns.end() ? std::string_view{} : column->source.what;
    }

    std::size_t match;
    std::size_t filtered;
    std::size_t order;
};

struct Place {
    std::int64_t number;
    std::size_t row;
};

/// By their numbers, the same ones in the order in which they came: byte by byte, since comparing
/// twenty thousand ids that come in no order is mostly guessing wrong what comes next.
void sort(std::vector<Place>& places) {
    constexpr unsigned digit_bits = 8;
    constexpr std::size_t digits = std::size_t{1} << digit_bits;
    constexpr std::uint64_t sign = std::uint64_t{1} << 63U;
    std::vector<Place> sorted(places.size());
    for (unsigned shift = 0; shift < 64; shift += digit_bits) {
        const auto digit_of = [shift](const Place& place) {
            return ((static_cast<std::uint64_t>(place.number) ^ sign) >> shift) % digits;
        };
        std::array<std::size_t, digits> ends{};
        for (const Place& place : places) ++ends[digit_of(place)];
        if (std::ranges::find(ends, places.size()) != ends.end()) continue;
        std::partial_sum(ends.begin(), ends.end(), ends.begin());
        for (const Place& place : std::views::reverse(places))
            sorted[--ends[digit_of(place)]] = place;
        places.swap(sorted);
    }
}

/// The rows that are to be printed, in their order.
Result<std::vector<Place>> places_of(const json::Table& table, const RowSelection& selection,
                                     const Printing& printing, const Record& record) {
    const Prints& prints = printing.prints;
    std::vector<Place> places;
    places.reserve(table.rows());
    const std::string_view match = record[prints.match.key];
    for (std::size_t row = 0; row < table.rows(); ++row) {
        if (selection.match != WantedFields::none && table.at(row, selection.match).text != match)
            continue;
        if (selection.filtered != WantedFields::none) {
            const auto matches = printing.filter->matches(table.at(row, selection.filtered).text);
            if (!matches) return std::unexpected(matches.error());
            if (!*matches) continue;
        }
        const bool by_number =
            selection.order != WantedFields::none && prints.order.by == Order::By::number;
        const std::int64_t number =
            by_number ? table.at(row, selection.order).integer().value_or(prints.order.lacking) : 0;
        places.push_back({number, row});
    }
    if (selection.order != WantedFields::none && prints.order.by == Order::By::text)
        std::ranges::stable_sort(places, {}, [&](const Place& place) {
            return table.at(place.row, selection.order).text;
        });
    else
        sort(places);
    return places;
}

}  // namespace

RowLines::RowLines(const Printing& printing, Record record)
    : record_(std::move(record)), printer_(printing, record_, wanted_) {}

Result<std::shared_ptr<RowLines>> RowLines::read(const Printing& printing, Record record,
                                                 std::string& answer) {
    const Timed timed(Stage::parse_and_format);
    std::shared_ptr<RowLines> lines(new RowLines(printing, std::move(record)));
    const RowSelection selection(printing.prints, printing.filter, lines->wanted_);
    auto table = json::read_table(answer, lines->wanted_.keys());
    if (!table) return fail(Exit::unreachable, table.error().message);
    lines->table_ = std::move(*table);
    const auto places = places_of(lines->table_, selection, printing, lines->record_);
    if (!places) return std::unexpected(places.error());
    for (const Place& place : *places) lines->rows_.push_back(place.row);
    return lines;
}

void RowLines::keep(std::string answer) {
    answer_ = std::move(answer);
    table_.stand_in(answer_);
}

bool RowLines::next_piece(std::string& lines) {
    const Timed timed(Stage::parse_and_format);
    lines.clear();
    std::vector<json::Field> fields(wanted_.keys().size());
    for (; printed_ < rows_.size() && lines.size() < piece_size; ++printed_) {
        for (std::size_t column = 0; column < fields.size(); ++column)
            fields[column] = table_.at(rows_[printed_], column);
        printer_.print(lines, fields);
    }
    return !lines.empty();
}

}  // namespace proxmox
