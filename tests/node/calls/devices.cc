// Disks and cards of a guest: how a value that was asked for is written down.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "calls/devices.h"

#include <fmt/format.h>

#include <algorithm>

#include "http/forms.h"
#include "http/names.h"
#include "model/config_keys.h"
#include "model/guest_properties.h"

namespace demo_node {

namespace {

std::string new_address(Random& random) {
    const std::uint64_t bits = random();
    return fmt::format("BC:24:11:{:02X}:{:02X}:{:02X}", bits & 0xff, (bits >> 8) & 0xff,
                       (bits >> 16) & 0xff);
}

/// The text behind the first one of these, up to the next comma.
std::string option_of(std::string_view value, std::string_view name) {
    for (const std::string& part : split_list(value, ","))
        if (part.starts_with(name) && part.size() > name.size() && part[name.size()] == '=')
            return part.substr(name.size() + 1);
    return {};
}

int count_disks(const Guest& guest) {
    int number = 0;
    for (const Config::Entry& entry : guest.config.entries())
        if (is_disk_key(*guest.kind, entry.key) && entry.value.find("-disk-") != std::string::npos)
            ++number;
    return number;
}

std::string format_of(const Stage& stage, const Guest& guest, std::string_view value) {
    std::string asked = option_of(value, "format");
    if (!asked.empty()) return asked;
    return guest.kind == &containers ? "raw" : stage.options.disk_format;
}

/// What a drive has besides its volume, in the order in which Proxmox writes it.
std::string drive_options(std::string_view value, std::string size) {
    std::vector<std::string> options{std::move(size)};
    for (const std::string& part : split_list(value, ","))
        if (part.find('=') != std::string::npos && !part.starts_with("format=") &&
            !part.starts_with("import-from=") && !part.starts_with("size="))
            options.push_back(part);
    std::ranges::sort(options);
    return fmt::format("{}", fmt::join(options, ","));
}

/// "virtio,bridge=vmbr0" gets an address where it has none; the rest is put in order.
std::string machine_card_value(std::string_view value, Random& random) {
    std::string model, address;
    std::vector<std::string> rest;
    for (const auto& [name, text] : read_pairs(value, machine_card)) {
        if (name == "model")
            model = text;
        else if (name == "macaddr")
            address = text;
        else
            rest.push_back(fmt::format("{}={}", name, text));
    }
    std::ranges::sort(rest);
    rest.insert(rest.begin(),
                fmt::format("{}={}", model, address.empty() ? new_address(random) : address));
    return fmt::format("{}", fmt::join(rest, ","));
}

std::string container_card_value(std::string_view value, Random& random) {
    std::string name;
    std::vector<std::string> rest;
    for (const std::string& part : split_list(value, ",")) {
        if (part.starts_with("name="))
            name = part;
        else
            rest.push_back(part);
    }
    if (option_of(value, "hwaddr").empty()) rest.push_back("hwaddr=" + new_address(random));
    if (option_of(value, "type").empty()) rest.emplace_back("type=veth");
    std::ranges::sort(rest);
    return fmt::format("{},{}", name, fmt::join(rest, ","));
}

}  // namespace

std::string volume_name(const Stage& stage, const GuestKind& kind, std::string_view storage,
                        long id, int number, std::string_view format) {
    const std::string_view type = storage_type(stage.objects, storage);
    if (holds_files(type))
        return fmt::format("{0}:{1}/vm-{1}-disk-{2}.{3}", storage, id, number, format);
    const bool is_tree = &kind == &containers && type == "zfspool";
    return fmt::format("{}:{}-{}-disk-{}", storage, is_tree ? "subvol" : "vm", id, number);
}

std::string disk_value(const Stage& stage, const Guest& guest, std::string_view value) {
    constexpr std::string_view imported_size = "size=4M";
    const std::size_t colon = value.find(':');
    if (colon == std::string_view::npos) return std::string(value);
    const std::string_view storage = value.substr(0, colon);
    const std::size_t comma = value.find(',');
    const std::string_view volume = value.substr(colon + 1, comma - colon - 1);
    const std::string_view options =
        comma == std::string_view::npos ? std::string_view{} : value.substr(comma);
    if (volume == "cloudinit")
        return fmt::format("{}:{}/vm-{}-cloudinit.qcow2,media=cdrom", storage, guest.id, guest.id);
    if (volume.empty() || !std::ranges::all_of(volume, is_digit)) return std::string(value);
    const std::string size = option_of(value, "import-from").empty()
                                 ? fmt::format("size={}G", volume)
                                 : std::string(imported_size);
    return fmt::format("{},{}",
                       volume_name(stage, *guest.kind, storage, guest.id, count_disks(guest),
                                   format_of(stage, guest, value)),
                       drive_options(options, size));
}

std::string card_value(const Guest& guest, std::string_view value, Random& random) {
    return guest.kind == &containers ? container_card_value(value, random)
                                     : machine_card_value(value, random);
}

std::string copied_card(const Guest& guest, std::string_view value, Random& random) {
    if (guest.kind == &containers) {
        const std::string old = option_of(value, "hwaddr");
        std::string copy(value);
        if (const std::size_t at = copy.find(old); !old.empty() && at != std::string::npos)
            copy.replace(at, old.size(), new_address(random));
        return copy;
    }
    const std::size_t equals = value.find('='), comma = value.find(',');
    return fmt::format("{}{}{}", value.substr(0, equals + 1), new_address(random),
                       comma == std::string_view::npos ? "" : value.substr(comma));
}

std::string unreadable_volume(std::string_view value) {
    const std::string_view file = value.substr(0, value.find(','));
    if (file.find(':') != std::string_view::npos || file.find('=') != std::string_view::npos ||
        file.starts_with('/') || file == "none" || file == "cdrom")
        return {};
    return fmt::format("unable to parse volume ID '{}'", file);
}

bool takes_snapshots(const Stage& stage, const Guest& guest) {
    return std::ranges::none_of(guest.config.entries(), [&](const Config::Entry& entry) {
        return is_disk_key(*guest.kind, entry.key) &&
               entry.value.find("-disk-") != std::string::npos &&
               !takes_snapshots(stage.objects, entry.value);
    });
}

}  // namespace demo_node
