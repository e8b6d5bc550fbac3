// A Printer fills the columns of a tool from a record and a row, in the form that a run wants.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "print/printer.h"

#include <fmt/format.h>

#include <array>

#include "base/escape.h"
#include "line/expand.h"

namespace proxmox {
namespace {

/// Every line begins with these, whatever the action.
constexpr std::array<Column, 3> leading_columns{Column{"action"}, Column{"source"},
                                                Column{"proxmox_node", text("{proxmox_node}"), ""}};

std::string known_value(const Printing& printing, const Column& column, const Record& record) {
    std::string json;
    if (column.key == "action") {
        json::write_string(json, printing.action);
    } else if (column.key == "source") {
        json::write_string(json, printing.source);
    } else if (column.source.from == Source::From::json) {
        json = record[column.source.what];
    } else if (column.source.from == Source::From::text) {
        if (const std::string value = expand_text(column.source.what, record); !value.empty())
            json::write_string(json, value);
    }
    return json.empty() ? std::string(column.otherwise) : json;
}

/// Which of a row's values a column shows; none where it is known before.
std::size_t field_of(const Source& source, WantedFields& wanted) {
    switch (source.from) {
        case Source::From::field: return wanted.add(source.what);
        case Source::From::answer: return wanted.add(whole_line);
        case Source::From::nothing:
        case Source::From::text:
        case Source::From::json: break;
    }
    return WantedFields::none;
}

std::vector<Slot> slots_of(const Printing& printing, const Record& record, WantedFields& wanted) {
    const List<Column>& own = printing.prints.columns;
    // A tool that lists nodes has its own column for their names.
    const bool names_nodes = std::ranges::find(own, "proxmox_node", &Column::key) != own.end();
    std::vector<Column> columns(leading_columns.begin(),
                                leading_columns.end() - (names_nodes ? 1 : 0));
    columns.insert(columns.end(), own.begin(), own.end());
    if (printing.prints_failures)
        columns.insert(columns.end(), {{"ok", json_of("ok")}, {"error", text("{error}"), ""}});
    if (printing.form == Form::json) std::ranges::sort(columns, {}, &Column::key);
    std::vector<Slot> slots;
    for (const Column& column : columns) {
        Slot& slot = slots.emplace_back(column, "", known_value(printing, column, record),
                                        field_of(column.source, wanted));
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

/// What an answer holds, a line for each of its keys.
void add_answer(std::string& lines, const json::Field& answer) {
    const auto document = json::Document::parse(answer.text);
    if (!document) return;
    document->root()["data"].each([&lines](const json::Value& member) {
        std::string value;
        json::write(value, member);
        lines += fmt::format("{}={}\n", escape(member.key()), plain(value));
    });
}

void print_text(std::string& out, const Printing& printing, const std::vector<Slot>& slots,
                Row row) {
    Record shown;
    std::string lines;
    for (const Slot& slot : slots) {
        const Source::From from = slot.column.source.from;
        if (from == Source::From::answer && row[slot.field].exists()) {
            add_answer(lines, row[slot.field]);
            continue;
        }
        std::string value;
        // What is JSON in itself is not for people; upstream leaves it out, too.
        if (from != Source::From::json) write_value(value, slot, row);
        if (value.empty()) value = slot.column.shown_otherwise;
        if (value.empty()) continue;
        shown.set(slot.column.key, plain(value));
        lines += fmt::format("{}={}\n", slot.column.key, plain(value));
    }
    const std::string_view form = printing.prints.text;
    out += form.empty() ? lines : expand_text(form, shown) + '\n';
}

/// The column only repeats what the line itself says, be it a number there and a string here.
bool repeats(const Column& column, const Record& record) {
    const bool is_of_its_name = column.source.from == Source::From::json
                                    ? column.source.what == column.key
                                    : column.source.from == Source::From::text &&
                                          column.source.what == fmt::format("{{{}}}", column.key);
    return is_of_its_name && record.carried().means(column.key, record[column.key]);
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

Printer::Printer(const Printing& printing, const Record& record, WantedFields& wanted)
    : printing_(printing),
      record_(record),
      slots_(slots_of(printing, record, wanted)),
      pieces_(pieces_of(slots_)) {}

void Printer::print(std::string& out, Row row) const {
    if (printing_.form == Form::text)
        print_text(out, printing_, slots_, row);
    else if (printing_.carries(record_))
        print_carried(out, slots_, record_, row);
    else
        print_json(out, pieces_, row);
}

}  // namespace proxmox
