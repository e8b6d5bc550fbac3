// Output lines: one JSON object with sorted keys, or the text form.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "escape.h"
#include "expand.h"
#include "timings.h"

namespace proxmox {
namespace {

/// Every line begins with these, whatever the action.
constexpr std::array<Column, 3> leading_columns{Column{"action", "{action}"},
                                                Column{"source", "{source}"},
                                                Column{"proxmox_node", "{proxmox_node}", ""}};

/// The value of a column as JSON; empty when the column is left out.
void write_value(std::string& out, const Plan& plan, const Column& column, const Record& record,
                 const json::Value& row) {
    if (column.key == "action") return json::write_string(out, plan.action.name);
    if (column.key == "source") return json::write_string(out, plan.source);
    if (column.source.starts_with('{')) {
        const std::string text = expand_text(column.source, record);
        if (!text.empty()) return json::write_string(out, text);
    } else if (column.source.starts_with('=')) {
        const std::string text = expand_text(column.source.substr(1), record);
        if (!text.empty()) return void(out += text);
    } else if (const json::Value value = row[column.source];
               value.exists() && !value.is(json::Kind::null)) {
        return json::write(out, value);
    }
    out += column.otherwise;
}

/// A JSON scalar as a person reads it.
std::string plain(std::string_view json_text) {
    if (!json_text.starts_with('"')) return escape(json_text);
    const auto document = json::Document::parse(json_text);
    return document ? escape(document->root().text()) : escape(json_text);
}

std::string print_text(const Plan& plan, const std::vector<Column>& columns, const Record& record,
                       const json::Value& row) {
    Record shown;
    std::string lines;
    for (const Column& column : columns) {
        std::string value;
        // What is JSON in itself is not for people; upstream leaves it out, too.
        if (!column.source.starts_with('=')) write_value(value, plan, column, record, row);
        if (value.empty()) value = column.shown_otherwise;
        if (value.empty()) continue;
        shown.set(column.key, plain(value));
        lines += fmt::format("{}={}\n", column.key, plain(value));
    }
    return plan.action.text.empty() ? lines : expand_text(plan.action.text, shown) + '\n';
}

std::vector<Column> columns_of(const Plan& plan) {
    std::vector<Column> columns(leading_columns.begin(), leading_columns.end());
    columns.insert(columns.end(), plan.action.output.begin(), plan.action.output.end());
    if (plan.form == Form::json) std::ranges::sort(columns, {}, &Column::key);
    return columns;
}

/// The column only repeats what the line itself says, be it a number there and a string here.
bool repeats(const Column& column, const Record& record) {
    std::string_view key = column.source;
    if (key.starts_with('=')) key.remove_prefix(1);
    return key == fmt::format("{{{}}}", column.key) &&
           record.carried().means(column.key, record[column.key]);
}

/// The line's own keys, with the columns in the place of those that they replace.
std::string print_carried(const Plan& plan, const std::vector<Column>& columns,
                          const Record& record, const json::Value& row) {
    Carried line = record.carried();
    for (const Column& column : columns) {
        std::string value;
        write_value(value, plan, column, record, row);
        if (!value.empty() && !repeats(column, record)) line.set(column.key, std::move(value));
    }
    return line.text() + '\n';
}

std::string print(const Plan& plan, const std::vector<Column>& columns, const Record& record,
                  const json::Value& row) {
    if (plan.form == Form::text) return print_text(plan, columns, record, row);
    if (plan.carries) return print_carried(plan, columns, record, row);
    std::string line = "{";
    for (const Column& column : columns) {
        const std::size_t before = line.size();
        if (before > 1) line += ',';
        json::write_string(line, column.key);
        line += ':';
        const std::size_t value = line.size();
        write_value(line, plan, column, record, row);
        if (line.size() == value) line.resize(before);
    }
    return line + "}\n";
}

bool is_wanted(const Plan& plan, const Record& record, const json::Value& row) {
    const Action& action = plan.action;
    if (!action.match.field.empty() && row[action.match.field].text() != record[action.match.key])
        return false;
    if (plan.filter == nullptr) return true;
    for (const Column& column : action.output)
        if (column.key == action.filter) return plan.filter->matches(row[column.source].text());
    return true;
}

}  // namespace

std::string print_row(const Plan& plan, const Record& record, const json::Value& row) {
    return print(plan, columns_of(plan), record, row);
}

Result<std::string> print_rows(const Plan& plan, const Record& record, std::string& answer) {
    const Timed timed(Stage::parse_and_format);
    struct Printed {
        std::int64_t place;
        std::size_t start;
        std::size_t size;
    };
    const std::vector<Column> columns = columns_of(plan);
    std::vector<Printed> order;
    std::string lines;
    // Room that is not written to costs no memory; growing would hold the lines twice.
    lines.reserve(2 * answer.size());
    const auto visited = json::each_row(answer, [&](const json::Value& row) -> Outcome {
        if (!row.is(json::Kind::object)) return fail(Exit::line_failed, "a row is not an object");
        if (!is_wanted(plan, record, row)) return {};
        const std::string line = print(plan, columns, record, row);
        const Order place = plan.action.order;
        order.push_back({place == nullptr ? 0 : place(row), lines.size(), line.size()});
        lines += line;
        return {};
    });
    if (!visited) return std::unexpected(visited.error());
    if (std::ranges::is_sorted(order, {}, &Printed::place)) return lines;
    std::ranges::stable_sort(order, {}, &Printed::place);
    std::string sorted;
    sorted.reserve(lines.size());
    for (const Printed& printed : order) sorted.append(lines, printed.start, printed.size);
    return sorted;
}

}  // namespace proxmox
