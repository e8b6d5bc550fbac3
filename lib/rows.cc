// Output lines: of one row, or of all rows of an answer that are wanted, in their order.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rows.h"

#include <algorithm>
#include <compare>
#include <deque>

#include "json_table.h"
#include "large_pages.h"
#include "printer.h"
#include "timings.h"

namespace proxmox {
namespace {

/// By which of a row's values rows are chosen and put in order.
struct Selection {
    Selection(const Action& action, const Filter* filter, Wanted& wanted)
        : match(wanted.add(action.match.field)),
          filtered(filter == nullptr ? Wanted::none : wanted.add(filtered_field(action))),
          order(wanted.add(action.order.field)) {}

    static std::string_view filtered_field(const Action& action) {
        const auto column = std::ranges::find(action.output, action.filter, &Column::key);
        return column == action.output.end() ? std::string_view{} : column->source;
    }

    std::size_t match;
    std::size_t filtered;
    std::size_t order;
};

struct Place {
    std::int64_t number;
    std::size_t row;
    auto operator<=>(const Place&) const = default;
};

/// The rows that are to be printed, in their order.
std::vector<Place> places_of(const json::Table& table, const Selection& selection, const Plan& plan,
                             const Record& record) {
    std::vector<Place> places;
    places.reserve(table.rows());
    const std::string_view match = record[plan.action.match.key];
    for (std::size_t row = 0; row < table.rows(); ++row) {
        if (selection.match != Wanted::none && table.at(row, selection.match).text != match)
            continue;
        if (selection.filtered != Wanted::none &&
            !plan.filter->matches(table.at(row, selection.filtered).text))
            continue;
        const Order& order = plan.action.order;
        const bool has_order = selection.order != Wanted::none;
        const std::int64_t number =
            has_order ? table.at(row, selection.order).integer().value_or(order.lacking) : 0;
        places.push_back({number, row});
    }
    std::ranges::sort(places);
    return places;
}

}  // namespace

std::string print_row(const Plan& plan, const Record& record, const json::Value& row) {
    Wanted wanted;
    const Printer printer(plan, record, wanted);
    std::vector<json::Field> fields;
    // Of arrays and objects; a deque leaves its texts where they are.
    std::deque<std::string> nested;
    for (const std::string_view key : wanted.keys()) {
        const json::Value value = row[key];
        const bool is_nested = value.is(json::Kind::array) || value.is(json::Kind::object);
        if (is_nested) json::write(nested.emplace_back(), value);
        fields.push_back({value.kind(), is_nested ? nested.back() : value.text()});
    }
    std::string line;
    printer.print(line, fields);
    return line;
}

Result<std::string> print_rows(const Plan& plan, const Record& record, std::string& answer) {
    const Timed timed(Stage::parse_and_format);
    Wanted wanted;
    const Printer printer(plan, record, wanted);
    const Selection selection(plan.action, plan.filter, wanted);
    const auto table = json::read_table(answer, wanted.keys());
    if (!table) return std::unexpected(table.error());
    std::string lines;
    // Room that is not written to costs no memory; growing would hold the lines twice.
    reserve_large(lines, 2 * answer.size());
    std::vector<json::Field> fields(wanted.keys().size());
    for (const Place& place : places_of(*table, selection, plan, record)) {
        for (std::size_t column = 0; column < fields.size(); ++column)
            fields[column] = table->at(place.row, column);
        printer.print(lines, fields);
    }
    return lines;
}

}  // namespace proxmox
