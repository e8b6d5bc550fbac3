// A Printer fills the columns of an action from a record and a row, in the form that a run wants.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "line/printer.h"

#include <fmt/format.h>

#include <array>

#include "base/escape.h"
#include "line/expand.h"

namespace proxmox {
namespace {

/// Every line begins with these, whatever the action.
constexpr std::array<Column, 3> leading_columns{Column{"action", "{action}"},
                                                Column{"source", "{source}"},
                                                Column{"proxmox_node", "{proxmox_node}", ""}};

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

std::vector<Slot> slots_of(const Plan& plan, const Record& record, WantedFields& wanted) {
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
                                        is_known ? WantedFields::none : wanted.add(column.source));
        json::write_string(slot.lead, column.key);
        slot.lead += ':';
    }
    return slots;
}

/// The value of a column as JSON; empty when the column is left out.
void write_value(std::string& out, const Slot& slot, Row row) {
    if (slot.field != WantedFields::none && row[slot.field].exists())
        return json::write(out, row[slot.field]);
    out += slot.value;
}

/// A JSON scalar as a person reads it.
std::string plain(std::string_view json_text) {
    if (!json_text.starts_with('"')) return escape(json_text);
    const auto document = json::Document::parse(json_text);
    return document ? escape(document->root().text()) : escape(json_text);
}

void print_text(std::string& out, const Plan& plan, const std::vector<Slot>& slots, Row row) {
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
                   Row row) {
    Carried line = record.carried();
    for (const Slot& slot : slots) {
        std::string value;
        write_value(value, slot, row);
        if (!value.empty() && !repeats(slot.column, record))
            line.set(slot.column.key, std::move(value));
    }
    out += line.text() + '\n';
}

std::vector<Piece> pieces_of(const std::vector<Slot>& slots) {
    std::vector<Piece> pieces(1);
    for (const Slot& slot : slots) {
        Piece& piece = pieces.back();
        if (slot.field != WantedFields::none) {
            piece.with_key = piece.known + ',' + slot.lead;
            piece.otherwise = slot.value;
            piece.field = slot.field;
            pieces.emplace_back();
        } else if (!slot.value.empty()) {
            piece.known += ',' + slot.lead + slot.value;
        }
    }
    return pieces;
}

void print_json(std::string& out, const std::vector<Piece>& pieces, Row row) {
    const std::size_t start = out.size();
    for (const Piece& piece : pieces) {
        const bool has_value = piece.field != WantedFields::none && row[piece.field].exists();
        out += has_value || !piece.otherwise.empty() ? piece.with_key : piece.known;
        if (has_value)
            json::write(out, row[piece.field]);
        else
            out += piece.otherwise;
    }
    // In the place of the first comma.
    if (out.size() == start) out += ',';
    out[start] = '{';
    out += "}\n";
}

}  // namespace

Printer::Printer(const Plan& plan, const Record& record, WantedFields& wanted)
    : plan_(plan),
      record_(record),
      slots_(slots_of(plan, record, wanted)),
      pieces_(pieces_of(slots_)) {}

void Printer::print(std::string& out, Row row) const {
    if (plan_.form == Form::text)
        print_text(out, plan_, slots_, row);
    else if (plan_.carries)
        print_carried(out, slots_, record_, row);
    else
        print_json(out, pieces_, row);
}

}  // namespace proxmox
