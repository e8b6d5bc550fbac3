// Reading parameters from query and body, urlencoded or JSON, with pveproxy's own refusals.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/parameters.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cstdlib>

namespace demo_node {

namespace {

void read_urlencoded(std::string_view text, Parameters& parameters) {
    while (!text.empty()) {
        const std::size_t end = text.find_first_of("&;");
        const std::string_view pair = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        const std::size_t equals = pair.find('=');
        if (pair.empty()) continue;
        // The value ends at a second raw '='; whoever means one has to encode it.
        const std::string_view rest =
            equals == std::string_view::npos ? "" : pair.substr(equals + 1);
        parameters.add({percent_decode(pair.substr(0, equals), true),
                        percent_decode(rest.substr(0, rest.find('=')), true)});
    }
}

void add_json_value(std::string_view name, simdjson::dom::element value, Parameters& parameters) {
    using Type = simdjson::dom::element_type;
    switch (value.type()) {
        case Type::NULL_VALUE: parameters.note_null(); return;
        case Type::BOOL:
            parameters.add({std::string(name), value.get_bool().value_unsafe() ? "1" : "0"});
            return;
        case Type::STRING:
            parameters.add({std::string(name), std::string(value.get_string().value_unsafe())});
            return;
        case Type::ARRAY: parameters.add({std::string(name), "", Value::Kind::array}); return;
        case Type::OBJECT: parameters.add({std::string(name), "", Value::Kind::object}); return;
        default: parameters.add({std::string(name), simdjson::minify(value)}); return;
    }
}

std::optional<Answer> read_json(const std::string& body, Parameters& parameters) {
    simdjson::dom::parser parser;
    simdjson::dom::element document;
    if (parser.parse(body).get(document) != simdjson::SUCCESS)
        return plain_failure(
            500, fmt::format("malformed JSON string, neither tag, array, object, number, string or "
                             "atom, at character offset {} (before \"(end of string)\") at "
                             "/usr/share/perl5/PVE/APIServer/AnyEvent.pm line 934.\n",
                             body.size()));
    simdjson::dom::object object;
    if (document.get(object) != simdjson::SUCCESS)
        return plain_failure(500,
                             "Not a HASH reference at /usr/share/perl5/PVE/APIServer/AnyEvent.pm "
                             "line 978.\n");
    for (const auto& member : object) add_json_value(member.key, member.value, parameters);
    return std::nullopt;
}

}  // namespace

void Parameters::add(Value value) {
    // The web interface's cache breaker is no parameter.
    if (value.name == "_dc") return;
    const auto same = std::ranges::find(values_, value.name, &Value::name);
    if (same == values_.end())
        values_.push_back(std::move(value));
    else {
        if (same->kind == Value::Kind::text) same->elements.push_back(same->text);
        same->elements.push_back(value.text);
        same->kind = Value::Kind::array;
    }
}

std::vector<std::string> Parameters::words(std::string_view name) const {
    const Value* value = find(name);
    if (!value) return {};
    return value->kind == Value::Kind::array ? value->elements : std::vector{value->text};
}

const Value* Parameters::find(std::string_view name) const {
    const auto found = std::ranges::find(values_, name, &Value::name);
    return found == values_.end() ? nullptr : &*found;
}

std::string Parameters::text(std::string_view name, std::string_view otherwise) const {
    const Value* value = find(name);
    return value ? value->text : std::string(otherwise);
}

bool Parameters::flag(std::string_view name) const { return text(name) == "1"; }

long Parameters::number(std::string_view name, long otherwise) const {
    const Value* value = find(name);
    return value ? std::strtol(value->text.c_str(), nullptr, 10) : otherwise;
}

std::optional<Answer> read_parameters(const Request& request, Parameters& parameters) {
    read_urlencoded(request.query, parameters);
    const std::string* type = request.header("content-type");
    const bool json = type && type->starts_with("application/json");
    const bool has_body = request.method == "POST" || request.method == "PUT";
    if (!has_body) return std::nullopt;
    if (json) return read_json(request.body, parameters);
    read_urlencoded(request.body, parameters);
    return std::nullopt;
}

}  // namespace demo_node
