// Parameters: what is sent with a request, made of a line's values, as a form or as JSON.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "line/parameters.h"

#include <fmt/format.h>

#include <utility>

#include "base/escape.h"
#include "json/json.h"
#include "line/expand.h"

namespace proxmox {
namespace {

bool is_nested(const json::Value& value) {
    return value.is(json::Kind::array) || value.is(json::Kind::object);
}

/// A member of an object: a scalar is the same text in a form and in JSON's quotes.
Sent member_of(const json::Value& member) {
    Sent sent{std::string(member.key()), std::string(member.text())};
    if (is_nested(member)) {
        sent.is_json = true;
        json::write(sent.value, member);
    }
    return sent;
}

void add(std::string& form, std::string_view key, std::string_view value) {
    form +=
        fmt::format("{}{}={}", form.empty() ? "" : "&", percent_encode(key), percent_encode(value));
}

}  // namespace

std::vector<Sent> parameters_of(const List<Parameter>& parameters, const Record& record,
                                std::string_view left_out) {
    std::vector<Sent> all;
    for (const Parameter& parameter : parameters) {
        const bool is_json = parameter.value.from == Source::From::json;
        std::string value = is_json ? std::string(record[parameter.value.what])
                                    : expand_text(parameter.value.what, record);
        if (value.empty() || parameter.key == left_out) continue;
        all.push_back({std::string(parameter.key), std::move(value), is_json});
    }
    return all;
}

std::vector<Sent> parameters_of(const Body& body, const Record& record, std::string_view left_out) {
    std::vector<Sent> all = parameters_of(body.parameters, record, left_out);
    if (body.members_of.empty()) return all;
    if (const auto members = json::Document::parse(record[body.members_of]); members)
        members->root().each(
            [&all](const json::Value& member) { all.push_back(member_of(member)); });
    return all;
}

Result<std::string> form_of(const std::vector<Sent>& parameters) {
    std::string form;
    for (const Sent& sent : parameters) {
        const auto document = sent.is_json ? json::Document::parse(sent.value)
                                           : Result<json::Document>(std::unexpected(Error{}));
        if (!document) {
            add(form, sent.key, sent.value);
            continue;
        }
        bool has_room = !document->root().is(json::Kind::object);
        if (!is_nested(document->root())) add(form, sent.key, document->root().text());
        document->root().each([&](const json::Value& element) {
            has_room = has_room && !is_nested(element);
            add(form, sent.key, element.text());
        });
        if (!has_room)
            return fail(Exit::line_failed, fmt::format("{}: a form has no place for a nested value",
                                                       escape(sent.key)));
    }
    return form;
}

std::string json_of(const std::vector<Sent>& parameters) {
    std::string object = "{";
    for (const Sent& sent : parameters) {
        if (object.size() > 1) object += ',';
        json::write_string(object, sent.key);
        object += ':';
        if (sent.is_json)
            object += sent.value;
        else
            json::write_string(object, sent.value);
    }
    return object + '}';
}

}  // namespace proxmox
