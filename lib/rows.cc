// Output lines: one JSON object with sorted keys, or the text form.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "escape.h"
#include "expand.h"
#include "timings.h"

namespace proxmox {
namespace {

/// Bytes of a row in an answer; for room in advance.
constexpr std::size_t shortest_usual_row = 128;
/// Every line begins with these, whatever the action.
constexpr std::array<Column, 3> leading_columns{Column{"action", "{action}"},
                                                Column{"source", "{source}"},
                                                Column{"proxmox_node", "{proxmox_node}", ""}};

/// A column with all that is known of it before a row is seen.
struct Slot {
    Column column;
    /// The quoted key with its colon.
    std::string lead;
    /// As JSON: the value, or what stands in where a row has none.
    std::string value;
    /// Where a row has the value; empty when it is known.
    std::string_view field;
};

std::string known_value(const Plan& plan, const Column& column, const Record& record) {
    std::string json;
    if (column.key == "action") {
        json::write_string(json, plan.action.name);
    } else if (column.key == "source") {
        json::write_string(json, plan.source);
    } else if (column.source.starts_with('=')) {
        json = expand_text(column.source.substr(1), record);
    } else if (column.source.starts_with('{')) {
        if (const std::string text = expand_text(column.source, record); !text.empty())
            json::write_string(json, text);
    }
    return json.empty() ? std::string(column.otherwise) : json;
}

std::vector<Slot> slots_of(const Plan& plan, const Record& record) {
    // A tool that lists nodes has its own column for their names.
    const bool names_nodes = std::ranges::find(plan.action.output, "proxmox_node", &Column::key) !=
                             plan.action.output.end();
    std::vector<Column> columns(leading_columns.begin(),
                                leading_columns.end() - (names_nodes ? 1 : 0));
    columns.insert(columns.end(), plan.action.output.begin(), plan.action.output.end());
    if (plan.prints_failures)
        columns.insert(columns.end(), {{"ok", "={ok}"}, {"error", "{error}", ""}});
    if (plan.form == Form::json) std::ranges::sort(columns, {}, &Column::key);
    std::vector<Slot> slots;
    for (const Column& column : columns) {
        const bool is_known = column.source.starts_with('{') || column.source.starts_with('=');
        Slot& slot = slots.emplace_back(column, "", known_value(plan, column, record),
                                        is_known ? std::string_view{} : column.source);
        json::write_string(slot.lead, column.key);
        slot.lead += ':';
    }
    return slots;
}

/// The value of a column as JSON; empty when the column is left out.
void write_value(std::string& out, const Slot& slot, const json::Value& row) {
    if (!slot.field.empty())
        if (const json::Value value = row[slot.field];
            value.exists() && !value.is(json::Kind::null))
            return json::write(out, value);
    out += slot.value;
}

/// A JSON scalar as a person reads it.
std::string plain(std::string_view json_text) {
    if (!json_text.starts_with('"')) return escape(json_text);
    const auto document = json::Document::parse(json_text);
    return document ? escape(document->root().text()) : escape(json_text);
}

void print_text(std::string& out, const Plan& plan, const std::vector<Slot>& slots,
                const json::Value& row) {
    Record shown;
    std::string lines;
    for (const Slot& slot : slots) {
        std::string value;
        // What is JSON in itself is not for people; upstream leaves it out, too.
        if (!slot.column.source.starts_with('=')) write_value(value, slot, row);
        if (value.empty()) value = slot.column.shown_otherwise;
        if (value.empty()) continue;
        shown.set(slot.column.key, plain(value));
        lines += fmt::format("{}={}\n", slot.column.key, plain(value));
    }
    out += plan.action.text.empty() ? lines : expand_text(plan.action.text, shown) + '\n';
}

/// The column only repeats what the line itself says, be it a number there and a string here.
bool repeats(const Column& column, const Record& record) {
    std::string_view key = column.source;
    if (key.starts_with('=')) key.remove_prefix(1);
    return key == fmt::format("{{{}}}", column.key) &&
           record.carried().means(column.key, record[column.key]);
}

/// The line's own keys, with the columns in the place of those that they replace.
void print_carried(std::string& out, const std::vector<Slot>& slots, const Record& record,
                   const json::Value& row) {
    Carried line = record.carried();
    for (const Slot& slot : slots) {
        std::string value;
        write_value(value, slot, row);
        if (!value.empty() && !repeats(slot.column, record))
            line.set(slot.column.key, std::move(value));
    }
    out += line.text() + '\n';
}

void print(std::string& out, const Plan& plan, const std::vector<Slot>& slots, const Record& record,
           const json::Value& row) {
    if (plan.form == Form::text) return print_text(out, plan, slots, row);
    if (plan.carries) return print_carried(out, slots, record, row);
    out += '{';
    const std::size_t start = out.size();
    for (const Slot& slot : slots) {
        const std::size_t before = out.size();
        if (before > start) out += ',';
        out += slot.lead;
        const std::size_t value = out.size();
        write_value(out, slot, row);
        if (out.size() == value) out.resize(before);
    }
    out += "}\n";
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
    std::string line;
    print(line, plan, slots_of(plan, record), record, row);
    return line;
}

Result<std::string> print_rows(const Plan& plan, const Record& record, std::string& answer) {
    const Timed timed(Stage::parse_and_format);
    struct Printed {
        std::int64_t place;
        std::uint32_t start;
        std::uint32_t size;
    };
    const std::vector<Slot> slots = slots_of(plan, record);
    std::vector<Printed> order;
    std::string lines;
    // Room that is not written to costs no memory; growing would hold the lines twice.
    lines.reserve(2 * answer.size());
    order.reserve(answer.size() / shortest_usual_row);
    const auto visited = json::each_row(answer, [&](const json::Value& row) -> Outcome {
        if (!row.is(json::Kind::object)) return fail(Exit::line_failed, "a row is not an object");
        if (!is_wanted(plan, record, row)) return {};
        const std::size_t start = lines.size();
        print(lines, plan, slots, record, row);
        if (lines.size() > std::numeric_limits<std::uint32_t>::max())
            return fail(Exit::line_failed, "the list is too long");
        const Order place = plan.action.order;
        order.push_back({place == nullptr ? 0 : place(row), static_cast<std::uint32_t>(start),
                         static_cast<std::uint32_t>(lines.size() - start)});
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
