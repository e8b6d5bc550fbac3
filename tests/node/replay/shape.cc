// Comparing two JSON texts by what a client can rely on: keys, types, and the words of verdicts.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shape.h"

#include <simdjson.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace demo_node::replay {

namespace {

using Element = simdjson::dom::element;
using ElementType = simdjson::dom::element_type;

constexpr std::string_view exact_keys[] = {"message",  "exitstatus", "t",       "qmpstatus",
                                           "lock",     "parent",     "running", "vmstate",
                                           "template", "subdir",     "cmd"};

/// States are exact; in the same place a task list has free text, which is masked.
constexpr std::string_view states[] = {"running", "stopped",   "paused", "RUNNING",
                                       "online",  "available", "ok"};

/// A config names its volume under a key that elsewhere is a flag.
bool is_volume(std::string_view key, Element value) {
    return key == "vmstate" && value.is_string();
}

bool is_container(Element row) {
    std::string_view type;
    return row.is_object() && row["type"].get(type) == simdjson::SUCCESS && type == "lxc";
}

std::string shape_of(std::string_view key, Element value, bool exact);

std::string object_shape(Element object, bool exact) {
    std::map<std::string, std::string> members;
    for (const auto& member : simdjson::dom::object(object.get_object().value_unsafe()))
        members[std::string(member.key)] =
            shape_of(member.key, member.value, exact || member.key == std::string_view("errors"));
    std::string out = "{";
    for (const auto& [key, text] : members) out.append("\n").append(key).append(": ").append(text);
    return out + "}";
}

std::string array_shape(Element array) {
    std::set<std::string> rows;
    for (const Element row : simdjson::dom::array(array.get_array().value_unsafe()))
        if (!is_container(row)) rows.insert(shape_of("", row, false));
    std::string out = "[";
    for (const std::string& row : rows) out.append("\n").append(row);
    return out + "]";
}

bool is_shown(std::string_view key, Element value, bool exact) {
    if (is_volume(key, value)) return false;
    if (exact || std::ranges::find(exact_keys, key) != std::end(exact_keys)) return true;
    std::string_view text;
    return key == "status" && value.get(text) == simdjson::SUCCESS &&
           std::ranges::find(states, text) != std::end(states);
}

std::string shape_of(std::string_view key, Element value, bool exact) {
    if (value.type() == ElementType::OBJECT) return object_shape(value, exact);
    if (value.type() == ElementType::ARRAY) return array_shape(value);
    if (is_shown(key, value, exact)) {
        std::ostringstream out;
        out << simdjson::minify(value);
        return without_particulars(out.str());
    }
    // A real node sends a number for a while, and a text later.
    if (key == "saved") return "number or text";
    switch (value.type()) {
        case ElementType::STRING: return "text";
        case ElementType::BOOL: return "bool";
        case ElementType::NULL_VALUE: return "null";
        default: return "number";
    }
}

}  // namespace

std::string without_particulars(std::string_view text) {
    static const std::regex upid("UPID:[^ \"]+");
    static const std::regex day("[0-9]{4}-[0-9]{2}-[0-9]{2}");
    static const std::regex resolver("Temporary failure in name resolution");
    std::string out = std::regex_replace(std::string(text), upid, "UPID");
    out = std::regex_replace(out, day, "DAY");
    // What the resolver says depends on the machine's network, not on Proxmox VE.
    return std::regex_replace(out, resolver, "Name or service not known");
}

std::string shape(const std::string& body) {
    simdjson::dom::parser parser;
    Element document;
    if (parser.parse(body).get(document) != simdjson::SUCCESS) return without_particulars(body);
    return shape_of("", document, false);
}

}  // namespace demo_node::replay
