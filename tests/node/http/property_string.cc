// Values that are lists of properties, checked as PVE::JSONSchema does.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/property_string.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "http/forms.h"
#include "http/names.h"

namespace demo_node {

namespace {

const Property* find_property(std::span<const Property> known, std::string_view name) {
    const auto found = std::ranges::find(known, name, &Property::name);
    return found == known.end() ? nullptr : &*found;
}

bool is_boolean(std::string_view text) {
    constexpr std::string_view words[] = {"1", "0", "on", "off", "yes", "no", "true", "false"};
    return std::ranges::find(words, text) != std::end(words);
}

std::string type_error(const Property& property, std::string_view value) {
    using Type = Property::Type;
    constexpr std::string_view names[] = {"string", "integer", "number", "boolean"};
    const bool fits = property.type == Type::text ||
                      (property.type == Type::integer && is_integer(value)) ||
                      (property.type == Type::number && is_number(value)) ||
                      (property.type == Type::boolean && is_boolean(value));
    if (fits) return {};
    return fmt::format("type check ('{}') failed - got '{}'",
                       names[static_cast<std::size_t>(property.type)], value);
}

std::string value_error(const Property& property, const std::string& value) {
    if (std::string error = type_error(property, value); !error.empty()) return error;
    if (property.form)
        if (const std::string error = property.form(value); !error.empty()) return error;
    const long number = std::strtol(value.c_str(), nullptr, 10);
    if (property.minimum && number < *property.minimum)
        return fmt::format("value must have a minimum value of {}", *property.minimum);
    if (property.maximum && number > *property.maximum)
        return fmt::format("value must have a maximum value of {}", *property.maximum);
    return choice_error(value, property.choices);
}

}  // namespace

Pairs read_pairs(std::string_view text, std::span<const Property> known) {
    const auto standing_alone = std::ranges::find_if(known, &Property::is_default);
    Pairs pairs;
    for (const std::string& part : split_list(text, ",")) {
        const std::size_t equals = part.find('=');
        const std::string name = part.substr(0, equals);
        const bool has_value = equals != std::string::npos;
        const std::string value = has_value ? part.substr(equals + 1) : std::string{};
        const bool is_known = find_property(known, name) != nullptr;
        if (!has_value && standing_alone != known.end())
            pairs.emplace_back(standing_alone->name, part);
        else if (has_value && !is_known && standing_alone != known.end() &&
                 !standing_alone->value_belongs_to.empty() &&
                 choice_error(name, standing_alone->choices).empty()) {
            pairs.emplace_back(standing_alone->name, name);
            pairs.emplace_back(standing_alone->value_belongs_to, value);
        } else
            pairs.emplace_back(name, value);
    }
    return pairs;
}

std::string property_errors(std::string_view key, std::string_view text,
                            std::span<const Property> known) {
    std::string errors;
    const auto blame = [&](std::string_view name, std::string_view why) {
        errors += fmt::format("{}.{}: {}\n", key, name, why);
    };
    const Pairs pairs = read_pairs(text, known);
    const auto is_given = [&](std::string_view name) {
        return std::ranges::any_of(pairs, [&](const auto& pair) { return pair.first == name; });
    };
    for (const auto& [name, value] : pairs) {
        const Property* property = find_property(known, name);
        if (!property)
            blame(name, undefined_property_text);
        else if (const std::string error = value_error(*property, value); !error.empty())
            blame(name, error);
        else if (!property->needs.empty() && !is_given(property->needs))
            blame(property->needs, fmt::format(needed_text, name));
    }
    for (const Property& property : known)
        if (property.required && !is_given(property.name)) blame(property.name, missing_text);
    return errors.empty() ? errors : "format error\n" + errors;
}

}  // namespace demo_node
