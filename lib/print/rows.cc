// Output lines: the columns of a tool filled from a record and an answer's row.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "print/rows.h"

#include <deque>
#include <vector>

#include "json/json_table.h"
#include "print/printer.h"

namespace proxmox {

std::string print_row(const Printing& printing, const Record& record, const json::Value& row) {
    WantedFields wanted;
    const Printer printer(printing, record, wanted);
    std::vector<json::Field> fields;
    // Of arrays and objects; a deque leaves its texts where they are.
    std::deque<std::string> nested;
    for (const std::string_view key : wanted.keys()) {
        if (key == whole_line) {
            std::string& answer = nested.emplace_back(R"({"data":)");
            json::write(answer, row);
            fields.push_back({json::Kind::object, answer += '}'});
            continue;
        }
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
