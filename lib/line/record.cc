// A Record is an input line understood: plain ids and JSON objects, as upstream takes them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "line/record.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/escape.h"
#include "json/json.h"
#include "line/grammar.h"
#include "line/record_keys.h"

namespace proxmox {
namespace {

constexpr std::string_view blanks = " \t\r\v\f";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool is_all_digits(std::string_view text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](char byte) { return byte >= '0' && byte <= '9'; });
}

std::unexpected<Error> refuse(std::string reason) {
    return fail(Exit::line_failed, std::move(reason));
}

bool is_free(Type type) { return type == Type::text || is_hidden(type); }

/// The text that a JSON value stands for where `input` is expected; empty means "not given".
Result<std::string> text_of(const json::Value& value, const Input& input) {
    switch (value.kind()) {
        case json::Kind::missing:
        case json::Kind::null: return std::string{};
        case json::Kind::string: return std::string(value.text());
        case json::Kind::number: {
            const auto number = value.integer();
            if (number) return std::to_string(*number);
            if (is_free(input.type)) return std::string(value.text());
            return refuse(fmt::format("{} is not a whole number", input.key));
        }
        case json::Kind::boolean:
            if (is_free(input.type)) return std::string(value.text());
            if (input.type == Type::flag) return value.text() == "true" ? "1" : "0";
            break;
        case json::Kind::array: break;
        case json::Kind::object:
            if (input.type != Type::object) break;
            std::string text;
            json::write(text, value);
            return text;
    }
    return refuse(fmt::format("{} is neither a text nor a number", input.key));
}

/// A value may be named instead of written: by the vault's key that has it. Which guest or node is
/// meant stands on the line itself.
std::string_view name_in_vault(const json::Value& value, const Input& input) {
    const bool may_be_named = is_free(input.type) || input.type == Type::word;
    if (!may_be_named || !value.is(json::Kind::object)) return {};
    const json::Value name = value["vault"];
    return name.is(json::Kind::string) ? name.text() : std::string_view{};
}

std::unexpected<Error> lacks(std::string_view key) {
    const std::string_view giver = giver_of(key);
    if (giver.empty()) return refuse(fmt::format("there is no {}", key));
    return refuse(fmt::format("there is no {}: {} gives it", key, giver));
}

Outcome take(Record& record, const Input& input, std::string_view text, const Extras& intake) {
    const auto given = std::ranges::find(intake.given, input.key, &Given::key);
    if (given != intake.given.end() && (text.empty() || given->overrules)) text = given->value;
    if (text.empty()) {
        if (input.presence == Presence::optional) return {};
        return lacks(input.key);
    }
    if (!is_of(input.type, text) && is_hidden(input.type))
        return refuse(fmt::format("{} is not {}", input.key, name_of(input.type)));
    if (!is_of(input.type, text))
        return refuse(
            fmt::format("{} is not {}: {}", input.key, name_of(input.type), escape(text)));
    record.set(input.key, text);
    return {};
}

Outcome take_object(Record& record, const json::Value& object, Inputs inputs,
                    const Extras& intake) {
    if (const json::Value ok = object["ok"]; ok.is(json::Kind::boolean) && ok.text() == "false")
        return refuse(fmt::format("it failed before: {}", escape(object["error"].text())));
    if (intake.carry == Carry::all || (intake.carry == Carry::plans && object[plan_key].exists()))
        record.carried().take(object);
    for (const Input& input : inputs) {
        if (input.key == whole_line) continue;
        if (const std::string_view name = name_in_vault(object[input.key], input); !name.empty()) {
            record.references().push_back({std::string(input.key), std::string(name), input.type});
            continue;
        }
        const auto text = text_of(object[input.key], input);
        if (!text) return std::unexpected(text.error());
        if (const auto taken = take(record, input, *text, intake); !taken) return taken;
        if (is_hidden(input.type)) record.carried().erase(input.key);
    }
    return {};
}

/// A bare value is the tool's first key; upstream reads ids as decimal numbers, leading zeros too.
Outcome take_bare(Record& record, std::string_view text, Inputs inputs, const Extras& intake) {
    const Input& input = *inputs.begin();
    if (input.type == Type::vm_id && is_all_digits(text))
        text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
    if (const auto taken = take(record, input, text, intake); !taken) return taken;
    for (const Input& other : inputs.subspan(1))
        if (const auto taken = take(record, other, {}, intake); !taken) return taken;
    return {};
}

}  // namespace

std::string_view Record::operator[](std::string_view key) const {
    const auto found = std::ranges::find(
        values_, key, [](const auto& pair) -> std::string_view { return pair.first; });
    return found == values_.end() ? std::string_view{} : found->second;
}

void Record::set(std::string_view key, std::string_view value) {
    const auto found = std::ranges::find(
        values_, key, [](const auto& pair) -> std::string_view { return pair.first; });
    if (found == values_.end())
        values_.emplace_back(key, value);
    else
        found->second = value;
}

Result<std::optional<Record>> parse_record(const InputLine& line, Inputs inputs,
                                           const Extras& intake) {
    if (line.too_long)
        return refuse(fmt::format("the line is longer than {} bytes", line_length_limit));
    std::string_view text = line.text;
    if (line.number == 1 && text.starts_with(byte_order_mark))
        text.remove_prefix(byte_order_mark.size());
    text = trimmed(text);
    if (text.empty()) return std::nullopt;

    Record record(line.number);
    const Input& first = *inputs.begin();
    Outcome taken;
    if (is_all_digits(text)) {
        taken = take_bare(record, text, inputs, intake);
    } else if (const auto document = json::Document::parse(text); !document) {
        if (text.front() == '{') return refuse(document.error().message);
        taken = take_bare(record, text, inputs, intake);
    } else if (const json::Value value = document->root(); value.is(json::Kind::object)) {
        taken = take_object(record, value, inputs, intake);
        if (std::ranges::find(inputs, whole_line, &Input::key) != inputs.end())
            record.set(whole_line, text);
    } else if (value.is(json::Kind::array) || value.is(json::Kind::null)) {
        return refuse(fmt::format("not {}", name_of(first.type)));
    } else {
        const auto bare = text_of(value, first);
        taken = bare ? take_bare(record, *bare, inputs, intake) : std::unexpected(bare.error());
    }
    if (!taken) return std::unexpected(taken.error());
    return record;
}

}  // namespace proxmox
