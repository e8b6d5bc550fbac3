// A table out of an answer: where its values stand, and how they are printed again.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "json/json_table.h"

namespace proxmox::json {

std::optional<std::int64_t> Field::integer() const {
    // Most numbers are whole.
    if (kind == Kind::number || kind == Kind::string)
        if (const auto whole = integer_of(text)) return whole;
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

}  // namespace proxmox::json
