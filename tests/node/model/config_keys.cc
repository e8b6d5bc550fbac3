// What a VM's configuration may hold: every key that POST and PUT take, and how it is judged.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/config_keys.h"

#include <algorithm>
#include <array>
#include <deque>
#include <string>
#include <vector>

#include "http/names.h"

namespace demo_node {

namespace {

constexpr Field plain_keys[] = {
    {.name = "acpi", .type = Type::boolean},
    {.name = "affinity"},
    {.name = "agent"},
    {.name = "args", .root_only = true},
    {.name = "audio0"},
    {.name = "autostart", .type = Type::boolean},
    {.name = "balloon", .type = Type::integer, .minimum = 0},
    {.name = "bios", .choices = "seabios, ovmf"},
    {.name = "boot", .format = Format::boot_order},
    {.name = "cdrom"},
    {.name = "cicustom"},
    {.name = "cipassword"},
    {.name = "citype", .choices = "configdrive2, nocloud, opennebula"},
    {.name = "ciupgrade", .type = Type::boolean},
    {.name = "ciuser"},
    {.name = "cores", .type = Type::integer, .minimum = 1},
    {.name = "cpu"},
    {.name = "cpulimit"},
    {.name = "cpuunits", .type = Type::integer, .minimum = 1},
    {.name = "description", .max_length = 8192},
    {.name = "efidisk0"},
    {.name = "freeze", .type = Type::boolean},
    {.name = "hookscript"},
    {.name = "hotplug"},
    {.name = "hugepages", .choices = "any, 2, 1024"},
    {.name = "keyboard"},
    {.name = "kvm", .type = Type::boolean},
    {.name = "localtime", .type = Type::boolean},
    {.name = "machine"},
    {.name = "memory", .format = Format::memory},
    {.name = "name", .format = Format::dns_name},
    {.name = "nameserver"},
    {.name = "numa", .type = Type::boolean},
    {.name = "onboot", .type = Type::boolean},
    {.name = "ostype",
     .choices = "other, wxp, w2k, w2k3, w2k8, wvista, win7, win8, win10, win11, l24, l26, solaris"},
    {.name = "protection", .type = Type::boolean},
    {.name = "reboot", .type = Type::boolean},
    {.name = "rng0"},
    {.name = "scsihw",
     .choices = "lsi, lsi53c810, virtio-scsi-pci, virtio-scsi-single, megasas, pvscsi"},
    {.name = "searchdomain"},
    {.name = "smbios1", .max_length = 512},
    {.name = "sockets", .type = Type::integer, .minimum = 1},
    {.name = "sshkeys"},
    {.name = "startup"},
    {.name = "tablet", .type = Type::boolean},
    {.name = "tags", .format = Format::tag_list},
    {.name = "template", .type = Type::boolean},
    {.name = "tpmstate0"},
    {.name = "vcpus", .type = Type::integer, .minimum = 1},
    {.name = "vga"},
    {.name = "vmgenid"},
    {.name = "watchdog"},
};

struct Numbered {
    std::string_view name;
    int count;
};

constexpr Numbered numbered_keys[] = {
    {"hostpci", 16}, {"ide", 4},   {"ipconfig", 32}, {"net", 32}, {"numa", 8},    {"parallel", 3},
    {"sata", 6},     {"scsi", 31}, {"serial", 4},    {"usb", 14}, {"virtio", 16}, {"unused", 256},
};

constexpr Field change_fields[] = {
    {.name = "skiplock", .type = Type::boolean, .root_only = true},
    {.name = "delete"},
    {.name = "revert"},
    {.name = "force", .type = Type::boolean},
    {.name = "digest", .max_length = 40},
    {.name = "background_delay", .type = Type::integer, .minimum = 1},
};

constexpr Field only_at_creation[] = {
    {.name = "vmid", .type = Type::integer, .required = true, .format = Format::vmid},
    {.name = "pool"},
    {.name = "start", .type = Type::boolean},
    {.name = "storage"},
    {.name = "archive", .max_length = 255},
    {.name = "unique", .type = Type::boolean},
    {.name = "bwlimit", .type = Type::integer, .minimum = 0},
    {.name = "ha-managed", .type = Type::boolean},
};

const std::vector<Field>& all_keys() {
    static std::deque<std::string> names;
    static const std::vector<Field> keys = [] {
        std::vector<Field> fields(std::begin(plain_keys), std::end(plain_keys));
        for (const Numbered& numbered : numbered_keys)
            for (int number = 0; number < numbered.count; ++number) {
                names.push_back(std::string(numbered.name) + std::to_string(number));
                fields.push_back({.name = names.back()});
            }
        return fields;
    }();
    return keys;
}

std::vector<Field> with_keys(std::span<const Field> more) {
    std::vector<Field> fields = all_keys();
    fields.insert(fields.end(), more.begin(), more.end());
    return fields;
}

}  // namespace

std::span<const Field> config_fields() {
    static const std::vector<Field> fields = with_keys(change_fields);
    return fields;
}

std::span<const Field> creation_fields() {
    static const std::vector<Field> fields = with_keys(only_at_creation);
    return fields;
}

bool is_config_key(std::string_view name) {
    return std::ranges::find(all_keys(), name, &Field::name) != all_keys().end();
}

bool is_number_key(std::string_view name) {
    const auto key = std::ranges::find(all_keys(), name, &Field::name);
    return key != all_keys().end() && key->type != Type::text;
}

bool is_disk_key(std::string_view name) {
    return std::ranges::any_of(std::array<std::string_view, 4>{"scsi", "virtio", "sata", "ide"},
                               [name](std::string_view bus) {
                                   return name.starts_with(bus) && name.size() > bus.size() &&
                                          std::ranges::all_of(name.substr(bus.size()), is_digit);
                               });
}

}  // namespace demo_node
