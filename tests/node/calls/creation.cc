// How a VM comes to be: what is written into its configuration when it is created or cloned.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "calls/creation.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "http/names.h"
#include "model/config_keys.h"

namespace demo_node {

namespace {

constexpr std::string_view hidden_password = "**********";

std::string new_address(Random& random) {
    const std::uint64_t bits = random();
    return fmt::format("BC:24:11:{:02X}:{:02X}:{:02X}", bits & 0xff, (bits >> 8) & 0xff,
                       (bits >> 16) & 0xff);
}

/// A disk of its own for "local:32" and "local:cloudinit"; what exists already stays as it is.
std::string disk_value(const Vm& vm, std::string_view value) {
    const std::size_t colon = value.find(':');
    if (colon == std::string_view::npos) return std::string(value);
    const std::string_view storage = value.substr(0, colon);
    const std::size_t comma = value.find(',');
    const std::string_view volume = value.substr(colon + 1, comma - colon - 1);
    if (volume == "cloudinit")
        return fmt::format("{}:{}/vm-{}-cloudinit.qcow2,media=cdrom", storage, vm.id, vm.id);
    if (!std::ranges::all_of(volume, is_digit)) return std::string(value);
    int number = 0;
    for (const Config::Entry& entry : vm.config.entries())
        if (is_disk_key(entry.key) && entry.value.find("-disk-") != std::string::npos) ++number;
    return fmt::format("{}:{}/vm-{}-disk-{}.qcow2,size={}G", storage, vm.id, vm.id, number, volume);
}

/// "virtio,bridge=vmbr0" gets an address where it has none.
std::string network_value(std::string_view value, Random& random) {
    const std::size_t comma = std::min(value.find(','), value.size());
    if (value.substr(0, comma).find('=') != std::string_view::npos) return std::string(value);
    return fmt::format("{}={}{}", value.substr(0, comma), new_address(random), value.substr(comma));
}

bool is_network_key(std::string_view key) {
    return key.starts_with("net") && key.size() > 3 && is_digit(key[3]);
}

std::string sorted_tags(std::string_view text) {
    std::vector<std::string> tags;
    while (!text.empty()) {
        const std::size_t end = text.find_first_of(",; ");
        if (end != 0) tags.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    std::ranges::sort(tags);
    tags.erase(std::ranges::unique(tags).begin(), tags.end());
    return fmt::format("{}", fmt::join(tags, ";"));
}

std::string missing_boot_device(const Vm& vm, const Parameters& parameters) {
    const std::string order = parameters.text("boot");
    constexpr std::string_view prefix = "order=";
    if (!order.starts_with(prefix)) return {};
    std::string_view devices = std::string_view(order).substr(prefix.size());
    while (!devices.empty()) {
        const std::size_t end = devices.find_first_of(";,");
        const std::string_view device = devices.substr(0, end);
        if (!device.empty() && !vm.config.has(device) && !parameters.find(device))
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
    const auto& known = stage.options.storages;
    if (std::ranges::find(known, name) != known.end()) return {};
    return fmt::format("storage '{}' does not exist", name);
}

std::string write_parameters(Stage& stage, Vm& vm, const Parameters& parameters) {
    if (const std::string missing = missing_boot_device(vm, parameters); !missing.empty())
        return missing;
    for (const Value& value : parameters.all())
        if (is_disk_key(value.name))
            if (const std::string unknown = unknown_storage(stage, value.text); !unknown.empty())
                return unknown;
    for (const Value& value : parameters.all()) {
        if (!is_config_key(value.name)) continue;
        if (value.text.empty())
            vm.config.erase(value.name);
        else if (is_number_key(value.name))
            vm.config.set_number(value.name, std::strtol(value.text.c_str(), nullptr, 10));
        else if (is_disk_key(value.name))
            vm.config.set(value.name, disk_value(vm, value.text));
        else if (is_network_key(value.name))
            vm.config.set(value.name, network_value(value.text, stage.random));
        else if (value.name == "tags")
            vm.config.set(value.name, sorted_tags(value.text));
        else if (value.name == "cipassword")
            vm.config.set(value.name, hidden_password);
        else
            vm.config.set(value.name, value.text);
    }
    vm.touch();
    return {};
}

void write_birth_marks(Stage& stage, Vm& vm) {
    vm.config.set("meta", fmt::format("creation-qemu=10.0.13,ctime={}", std::time(nullptr)));
    vm.config.set("vmgenid", new_uuid(stage.random));
    if (!vm.config.has("smbios1"))
        vm.config.set("smbios1", fmt::format("uuid={}", new_uuid(stage.random)));
    // What a VM without any disk boots from is written down as a blank.
    if (!vm.config.has("boot")) vm.config.set("boot", " ");
}

Config cloned_config(Stage& stage, const Vm& source, long id, bool linked,
                     const std::string& storage) {
    Config config;
    int number = 0;
    for (const Config::Entry& entry : source.config.entries()) {
        if (entry.key == "template" || entry.key == "lock" || entry.key == "parent") continue;
        if (entry.key == "smbios1") {
            config.set(entry.key, fmt::format("uuid={}", new_uuid(stage.random)));
        } else if (entry.key == "vmgenid") {
            config.set(entry.key, new_uuid(stage.random));
        } else if (is_network_key(entry.key)) {
            const std::size_t equals = entry.value.find('='), comma = entry.value.find(',');
            config.set(entry.key,
                       entry.value.substr(0, equals + 1) + new_address(stage.random) +
                           (comma == std::string::npos ? "" : entry.value.substr(comma)));
        } else if (is_disk_key(entry.key) && entry.value.find("-disk-") != std::string::npos) {
            const std::size_t colon = entry.value.find(':'), comma = entry.value.find(',');
            const std::string volume = entry.value.substr(0, comma);
            const std::string place = storage.empty() ? entry.value.substr(0, colon) : storage;
            const std::string options = comma == std::string::npos ? "" : entry.value.substr(comma);
            config.set(entry.key, linked ? fmt::format("{}/{}/vm-{}-disk-{}.qcow2{}", volume, id,
                                                       id, number, options)
                                         : fmt::format("{}:{}/vm-{}-disk-{}.qcow2{}", place, id, id,
                                                       number, options));
            ++number;
        } else if (entry.number) {
            config.set_number(entry.key, std::strtol(entry.value.c_str(), nullptr, 10));
        } else {
            config.set(entry.key, entry.value);
        }
    }
    return config;
}

std::string storage_of(const Vm& vm) {
    for (const Config::Entry& entry : vm.config.entries())
        if (is_disk_key(entry.key) && entry.value.find("-disk-") != std::string::npos)
            return entry.value.substr(0, entry.value.find(':'));
    return {};
}

}  // namespace demo_node
