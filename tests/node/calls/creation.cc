// How a guest comes to be: what is written into its configuration when it is created or cloned.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "calls/creation.h"

#include <fmt/format.h>

#include <algorithm>

#include "http/forms.h"
#include "http/names.h"
#include "model/config_keys.h"
#include "model/guest_properties.h"

namespace demo_node {

namespace {

constexpr std::string_view hidden_password = "**********";

/// Each line of a file of keys is blank, a comment, or a type and its blob.
std::string unreadable_keys(std::string_view encoded) {
    const std::string text = percent_decode(encoded, false);
    for (const std::string& line : split_list(text, "\r\n")) {
        if (line.starts_with('#')) continue;
        const std::vector<std::string> words = split_list(line, " \t");
        const auto type = std::ranges::find_if(words, [](const std::string& word) {
            return word.starts_with("ssh-") || word.starts_with("ecdsa-") ||
                   word.starts_with("sk-");
        });
        if (!words.empty() && (type == words.end() || type + 1 == words.end()))
            return "SSH public key validation error";
    }
    return {};
}

std::string sorted_tags(std::string_view text) {
    std::vector<std::string> tags = split_list(text);
    std::ranges::sort(tags);
    tags.erase(std::ranges::unique(tags).begin(), tags.end());
    return fmt::format("{}", fmt::join(tags, ";"));
}

std::string missing_boot_device(const Guest& guest, const Parameters& parameters) {
    const std::string order = parameters.text("boot");
    constexpr std::string_view prefix = "order=";
    if (!order.starts_with(prefix)) return {};
    std::string_view devices = std::string_view(order).substr(prefix.size());
    while (!devices.empty()) {
        const std::size_t end = devices.find_first_of(";,");
        const std::string_view device = devices.substr(0, end);
        if (!device.empty() && !guest.config.has(device) && !parameters.find(device))
            return fmt::format("invalid bootorder: device '{}' does not exist'", device);
        devices.remove_prefix(end == std::string_view::npos ? devices.size() : end + 1);
    }
    return {};
}

}  // namespace

std::string new_uuid(Random& random) {
    const std::uint64_t high = random(), low = random();
    return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xffff,
                       high & 0xfff, 0x8000 | ((low >> 48) & 0x3fff), low & 0xffffffffffff);
}

std::string unknown_storage(const Stage& stage, std::string_view volume) {
    const std::size_t colon = volume.find(':');
    if (colon == std::string_view::npos || volume.starts_with('/')) return {};
    const std::string_view name = volume.substr(0, colon);
    if (stage.objects.find(std::string(storages_path), name)) return {};
    return fmt::format("storage '{}' does not exist", name);
}

std::string write_parameters(Stage& stage, Guest& guest, const Parameters& parameters) {
    if (const std::string missing = missing_boot_device(guest, parameters); !missing.empty())
        return missing;
    for (const Value& value : parameters.all()) {
        if (!is_disk_key(*guest.kind, value.name)) continue;
        if (std::string unreadable = unreadable_volume(value.text); !unreadable.empty())
            return unreadable;
        if (std::string unknown = unknown_storage(stage, value.text); !unknown.empty())
            return unknown;
    }
    if (std::string unreadable = unreadable_keys(parameters.text("sshkeys")); !unreadable.empty())
        return unreadable;
    for (const Value& value : parameters.all()) {
        if (!is_config_key(*guest.kind, value.name)) continue;
        if (value.text.empty())
            guest.config.erase(value.name);
        else if (is_number_key(*guest.kind, value.name))
            guest.config.set_number(value.name, std::strtol(value.text.c_str(), nullptr, 10));
        else if (is_disk_key(*guest.kind, value.name))
            guest.config.set(value.name, disk_value(stage, guest, value.text));
        else if (is_card_key(value.name))
            guest.config.set(value.name, card_value(guest, value.text, stage.random));
        else if (value.name == "tags")
            guest.config.set(value.name, sorted_tags(value.text));
        else if (value.name == "cipassword")
            guest.config.set(value.name, hidden_password);
        else
            guest.config.set(value.name, value.text);
    }
    guest.touch();
    return {};
}

void write_birth_marks(Stage& stage, Guest& guest) {
    guest.config.set("meta", fmt::format("creation-qemu=10.0.13,ctime={}", Clock::wall()));
    guest.config.set("vmgenid", new_uuid(stage.random));
    if (!guest.config.has("smbios1"))
        guest.config.set("smbios1", fmt::format("uuid={}", new_uuid(stage.random)));
    // What a VM without any disk boots from is written down as a blank.
    if (!guest.config.has("boot")) guest.config.set("boot", " ");
}

Config cloned_config(Stage& stage, const Guest& source, long id, bool linked,
                     const std::string& storage) {
    Config config;
    int number = 0;
    for (const Config::Entry& entry : source.config.entries()) {
        if (entry.key == "template" || entry.key == "lock" || entry.key == "parent") continue;
        if (entry.key == "smbios1") {
            config.set(entry.key, fmt::format("uuid={}", new_uuid(stage.random)));
        } else if (entry.key == "vmgenid") {
            config.set(entry.key, new_uuid(stage.random));
        } else if (is_card_key(entry.key)) {
            config.set(entry.key, copied_card(source, entry.value, stage.random));
        } else if (is_disk_key(*source.kind, entry.key) &&
                   entry.value.find("-disk-") != std::string::npos) {
            const std::size_t colon = entry.value.find(':'), comma = entry.value.find(',');
            const std::string volume = entry.value.substr(0, comma);
            const std::string place = storage.empty() ? entry.value.substr(0, colon) : storage;
            const std::string options = comma == std::string::npos ? "" : entry.value.substr(comma);
            const std::string format(volume.find(".raw") == std::string::npos ? "qcow2" : "raw");
            const std::string copy = volume_name(stage, *source.kind, place, id, number, format);
            config.set(entry.key, linked ? fmt::format("{}/{}{}", volume,
                                                       copy.substr(copy.find(':') + 1), options)
                                         : copy + options);
            ++number;
        } else if (entry.number) {
            config.set_number(entry.key, std::strtol(entry.value.c_str(), nullptr, 10));
        } else {
            config.set(entry.key, entry.value);
        }
    }
    return config;
}

void become_template(Guest& guest) {
    const Config before = guest.config;
    for (const Config::Entry& entry : before.entries())
        for (const std::string_view mark : {"/vm-", ":vm-", ":subvol-"})
            if (const std::size_t at = entry.value.find(mark); at != std::string::npos)
                guest.config.set(entry.key,
                                 std::string(entry.value)
                                     .replace(at, mark.size(), 1, mark[0])
                                     .insert(at + 1, mark == ":subvol-" ? "basevol-" : "base-"));
    guest.config.set_number("template", 1);
    guest.touch();
}

std::string storage_of(const Guest& guest) {
    for (const Config::Entry& entry : guest.config.entries())
        if (is_disk_key(*guest.kind, entry.key) && entry.value.find("-disk-") != std::string::npos)
            return entry.value.substr(0, entry.value.find(':'));
    return {};
}

}  // namespace demo_node
