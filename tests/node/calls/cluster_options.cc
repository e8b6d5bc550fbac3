// The options of the whole cluster, of which some are lists of properties and shown as objects.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "calls/calls.h"
#include "calls/collections.h"
#include "calls/privileges.h"
#include "http/forms.h"
#include "http/names.h"

namespace demo_node {

namespace {

using namespace privilege;

constexpr std::size_t most_consent = 65'536;

bool is_color(std::string_view text) {
    constexpr std::size_t digits = 6;
    return text.size() == digits && std::ranges::all_of(text, [](char byte) {
               return is_digit(byte) || (byte >= 'a' && byte <= 'f') ||
                      (byte >= 'A' && byte <= 'F');
           });
}

/// "web:ff0000:ffffff;db:00ff00"
std::string color_map_error(std::string_view value) {
    for (const std::string& word : split_list(value, ";")) {
        const std::vector<std::string> parts = split_list(word, ":");
        const bool fits = (parts.size() == 2 || parts.size() == 3) && is_tag(parts[0]) &&
                          is_color(parts[1]) && is_color(parts.back());
        if (!fits) return std::string(pattern_text);
    }
    return {};
}

std::string tags_error(std::string_view value) {
    const std::vector<std::string> tags = split_list(value, ";");
    return std::ranges::all_of(tags, [](const std::string& tag) { return is_tag(tag); })
               ? std::string{}
               : std::string(pattern_text);
}

constexpr Property tag_style[] = {
    {.name = "case-sensitive", .type = Property::Type::boolean},
    {.name = "color-map", .form = color_map_error},
    {.name = "ordering", .choices = "config, alphabetical"},
    {.name = "shape", .choices = "full, circle, dense, none"},
};
constexpr Property user_tag_access[] = {
    {.name = "user-allow", .choices = "none, list, existing, full"},
    {.name = "user-allow-list", .form = tags_error},
};
constexpr Property migration[] = {
    {.name = "type", .is_default = true, .choices = "secure, insecure"},
    {.name = "network", .form = network_error},
};
constexpr Property next_id[] = {{.name = "lower", .type = Property::Type::integer},
                                {.name = "upper", .type = Property::Type::integer}};

constexpr Field fields[] = {
    {.name = "bwlimit"},
    {.name = "consent-text", .max_length = most_consent},
    {.name = "console", .choices = "applet, vv, html5, xtermjs"},
    {.name = "crs"},
    {.name = "delete"},
    {.name = "description"},
    {.name = "email_from"},
    {.name = "fencing", .choices = "watchdog, hardware, both"},
    {.name = "ha"},
    {.name = "http_proxy"},
    {.name = "keyboard",
     .choices = "de, de-ch, da, en-gb, en-us, es, fi, fr, fr-be, fr-ca, fr-ch, hu, is, it, ja, lt, "
                "mk, nl, no, pl, pt, pt-br, sv, sl, tr"},
    {.name = "language",
     .choices = "ar, ca, da, de, en, es, eu, fa, fr, hr, he, it, ja, ka, kr, nb, nl, nn, pl, "
                "pt_BR, ru, sl, sv, tr, ukr, zh_CN, zh_TW"},
    {.name = "mac_prefix"},
    {.name = "max_workers", .type = Type::integer, .minimum = 1},
    {.name = "migration", .properties = migration},
    {.name = "migration_unsecure", .type = Type::boolean},
    {.name = "next-id", .properties = next_id},
    {.name = "notify"},
    {.name = "registered-tags", .form = tags_error},
    {.name = "tag-style", .properties = tag_style},
    {.name = "u2f"},
    {.name = "user-tag-access", .properties = user_tag_access},
    {.name = "webauthn"},
};

const Field* find_field(std::string_view name) {
    const auto* found = std::ranges::find(fields, name, &Field::name);
    return found == std::end(fields) ? nullptr : found;
}

/// A list of properties is shown as the object that it stands for.
std::string shown_value(const Config::Entry& entry, Random& random) {
    const Field* field = find_field(entry.key);
    if (!field || field->properties.empty())
        return entry.number ? entry.value : quoted(entry.value);
    JsonObject object;
    for (const auto& [name, value] : read_pairs(entry.value, field->properties)) {
        const auto property = std::ranges::find(field->properties, name, &Property::name);
        const bool is_text =
            property == field->properties.end() || property->type == Property::Type::text;
        object.raw(name, is_text ? quoted(value) : value);
    }
    return object.str(random);
}

/// The tags that anyone uses, and those that were registered.
std::string allowed_tags(const Call& call, const Item& item) {
    std::set<std::string> tags;
    for (const auto& [id, guest] : call.stage.cluster.guests)
        for (std::string& tag : split_list(guest.config.get("tags"))) tags.insert(std::move(tag));
    for (std::string& tag : split_list(item.values.get("registered-tags")))
        tags.insert(std::move(tag));
    std::vector<std::string> texts;
    for (const std::string& tag : tags) texts.push_back(quoted(tag));
    return array(texts);
}

void show(const Call& call, const Item& item, JsonObject& row) {
    for (const Config::Entry& entry : item.values.entries())
        row.raw(entry.key, shown_value(entry, call.stage.random));
    const std::pair<std::string_view, std::string_view> defaults[] = {
        {"description", ""}, {"keyboard", "en-us"}, {"mac_prefix", "BC:24:11"}};
    for (const auto& [key, value] : defaults)
        if (!item.values.has(key)) row.text(key, value);
    row.raw("allowed-tags", allowed_tags(call, item));
}

constexpr SettingsKind settings[] = {
    {.name = "options",
     .place = {"/cluster", anyone, anyone, anyone, {"/", system_modify}},
     .fields = fields,
     .show = show},
};

}  // namespace

std::span<const SettingsKind> cluster_settings() { return settings; }

}  // namespace demo_node
