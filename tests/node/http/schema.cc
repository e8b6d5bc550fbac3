// Checking parameters against a schema, in the words of PVE::JSONSchema.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "http/forms.h"
#include "http/names.h"
#include "http/parameters.h"

namespace demo_node {

namespace {

constexpr std::string_view root_only_text = "Only root may use this option.";

std::string check_type(const Field& field, const Value& value) {
    const std::string_view names[] = {"string", "integer", "boolean", "array"};
    if (field.type == Type::list && value.kind != Value::Kind::object) return {};
    const bool fits =
        value.kind == Value::Kind::text &&
        (field.type == Type::text || (field.type == Type::integer && is_integer(value.text)) ||
         (field.type == Type::boolean && (value.text == "1" || value.text == "0")));
    if (fits) return {};
    const std::string got = value.kind == Value::Kind::array    ? "ARRAY"
                            : value.kind == Value::Kind::object ? "HASH"
                                                                : "'" + value.text + "'";
    return fmt::format("type check ('{}') failed - got {}",
                       names[static_cast<std::size_t>(field.type)], got);
}

bool is_task_status_list(std::string_view text) {
    constexpr std::string_view known[] = {"ok", "error", "warning", "unknown"};
    while (!text.empty()) {
        const std::size_t end = text.find_first_of(",; ");
        if (std::ranges::find(known, text.substr(0, end)) == std::end(known)) return false;
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return true;
}

bool is_tag_list(std::string_view text) {
    while (!text.empty()) {
        const std::size_t end = text.find_first_of(",; ");
        const std::string_view tag = text.substr(0, end);
        if (!tag.empty() && !is_tag(tag)) return false;
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return true;
}

std::string memory_error(const std::string& text) {
    constexpr long least_megabytes = 16;
    const std::string number = text.starts_with("current=") ? text.substr(8) : text;
    if (!is_integer(number))
        return fmt::format(
            "format error\nmemory.current: type check ('integer') failed - got '{}'\n", number);
    if (std::strtol(number.c_str(), nullptr, 10) < least_megabytes)
        return fmt::format("format error\nmemory.current: value must have a minimum value of {}\n",
                           least_megabytes);
    return {};
}

/// "order=scsi0;net0", or the old single letters.
bool is_boot_order(std::string_view text) {
    constexpr std::string_view order = "order=";
    if (!text.starts_with(order)) return text.find_first_not_of("acdn") == std::string_view::npos;
    text.remove_prefix(order.size());
    return std::ranges::all_of(text, [](char byte) {
        return is_letter(byte) || is_digit(byte) || byte == ';' || byte == ',';
    });
}

std::string check_format(const Field& field, const std::string& text) {
    switch (field.format) {
        case Format::any: return {};
        case Format::vmid: return is_vmid(text) ? "" : "value does not look like a valid VM ID\n";
        case Format::config_id:
            return is_config_id(text) ? "" : fmt::format("invalid configuration ID '{}'\n", text);
        case Format::node:
            return is_node_name(text) ? "" : "value does not look like a valid node name\n";
        case Format::dns_name:
            return is_dns_name(text) ? "" : "value does not look like a valid DNS name\n";
        case Format::tag_list: return is_tag_list(text) ? "" : "invalid characters in tag\n";
        case Format::memory: return memory_error(text);
        case Format::boot_order:
            return is_boot_order(text) ? "" : "format error\nboot.order: invalid boot order\n";
        case Format::task_status_list:
            return is_task_status_list(text) ? ""
                                             : "value does not look like a valid task status\n";
    }
    return {};
}

std::string check_value(const Field& field, const Value& value) {
    if (std::string error = check_type(field, value); !error.empty()) return error;
    const std::string& text = value.text;
    if (field.max_length != 0 && text.size() > field.max_length)
        return fmt::format("value may only be {} characters long", field.max_length);
    if (const std::string error = check_format(field, text); !error.empty())
        return "invalid format - " + error;
    if (field.form)
        if (std::string error = field.form(text); !error.empty()) return error;
    if (!field.properties.empty())
        if (const std::string errors = property_errors(field.name, text, field.properties);
            !errors.empty())
            return "invalid format - " + errors;
    if (field.minimum && std::strtol(text.c_str(), nullptr, 10) < *field.minimum)
        return fmt::format("value must have a minimum value of {}", *field.minimum);
    if (field.maximum && std::strtol(text.c_str(), nullptr, 10) > *field.maximum)
        return fmt::format("value must have a maximum value of {}", *field.maximum);
    return choice_error(text, field.choices);
}

const Field* find_field(std::span<const Field> fields, std::string_view name) {
    const auto found = std::ranges::find(fields, name, &Field::name);
    return found == fields.end() ? nullptr : &*found;
}

}  // namespace

std::optional<Answer> check_parameters(const Parameters& parameters, std::span<const Field> path,
                                       std::span<const Field> fields, Random& random) {
    JsonObject errors;
    bool refused = false;
    const auto blame = [&](std::string_view name, std::string_view text) {
        errors.text(name, text);
        refused = true;
    };
    for (const Value& value : parameters.all()) {
        const Field* field = find_field(path, value.name);
        if (!field) field = find_field(fields, value.name);
        if (!field)
            blame(value.name, undefined_property_text);
        else if (const std::string error = check_value(*field, value); !error.empty())
            blame(value.name, error);
        else if (!field->needs.empty() && !parameters.has(field->needs))
            blame(field->needs, fmt::format(needed_text, value.name));
    }
    for (const Field& field : fields)
        if (field.required && !parameters.find(field.name)) blame(field.name, missing_text);
    if (refused) return failure(400, "Parameter verification failed.\n", errors.str(random));
    // A token is never root itself, so these are refused whoever asks, after all else was checked.
    for (const Field& field : fields)
        if (const Value* value = parameters.find(field.name);
            field.root_only && value && value->text != "0")
            return refuse_parameter(field.name, root_only_text);
    return std::nullopt;
}

Answer refuse_parameter(std::string_view name, std::string_view reason) {
    return failure(400, "Parameter verification failed.\n",
                   fmt::format("{{{}:{}}}", quoted(name), quoted(reason)));
}

}  // namespace demo_node
