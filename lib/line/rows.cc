// Output lines: the columns of an action filled from a record and an answer's row.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "line/rows.h"

#include <deque>
#include <vector>

#include "json/json_table.h"
#include "line/printer.h"

namespace proxmox {

std::string print_row(const Plan& plan, const Record& record, const json::Value& row) {
    WantedFields wanted;
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

}  // namespace proxmox
