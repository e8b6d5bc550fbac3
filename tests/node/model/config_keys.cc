// What a guest's configuration may hold: every key that POST and PUT take, and how it is judged.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: the tables of all keys are read in one piece.
#include "model/config_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

#include "http/forms.h"
#include "http/names.h"
#include "model/guest_properties.h"

namespace demo_node {

namespace {

/// A CPU of a family whose members are many begins as these do.
std::string cpu_error(std::string_view value) {
    constexpr std::string_view beginnings[] = {
        "486",      "athlon",      "Broadwell",      "Cascadelake",   "Conroe",   "Cooperlake",
        "core2duo", "coreduo",     "EPYC",           "GraniteRapids", "Haswell",  "host",
        "Icelake",  "IvyBridge",   "KnightsMill",    "kvm32",         "kvm64",    "max",
        "Nehalem",  "Opteron",     "Penryn",         "pentium",       "phenom",   "qemu32",
        "qemu64",   "SandyBridge", "SapphireRapids", "Skylake",       "Westmere", "x86-64-v",
        "custom-"};
    const std::vector<std::string> parts = split_list(value, ",");
    if (parts.empty()) return {};
    const std::string_view first = parts[0];
    const std::string_view name = first.starts_with("cputype=") ? first.substr(8) : first;
    const bool is_known =
        name.find('=') != std::string_view::npos ||
        std::ranges::any_of(beginnings, [&](auto known) { return name.starts_with(known); });
    if (is_known) return {};
    return fmt::format(
        "invalid format - Built-in cputype '{}' is not defined (missing 'custom-' prefix?)\n",
        name);
}

constexpr Field plain_machine_keys[] = {
    {.name = "acpi", .type = Type::boolean},
    {.name = "affinity"},
    {.name = "agent", .properties = agent_switches},
    {.name = "args"},
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
    {.name = "cpu", .form = cpu_error},
    {.name = "cpulimit"},
    {.name = "cpuunits", .type = Type::integer, .minimum = 1},
    {.name = "description", .max_length = 8192},
    {.name = "efidisk0"},
    {.name = "freeze", .type = Type::boolean},
    {.name = "hookscript", .form = volume_error},
    {.name = "hotplug"},
    {.name = "hugepages", .choices = "any, 2, 1024"},
    {.name = "keyboard"},
    {.name = "kvm", .type = Type::boolean},
    {.name = "localtime", .type = Type::boolean},
    {.name = "lock",
     .choices = "backup, clone, create, migrate, rollback, snapshot, snapshot-delete, suspending, "
                "suspended"},
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
    {.name = "vga", .properties = display},
    {.name = "vmgenid"},
    {.name = "watchdog"},
};

constexpr Field plain_container_keys[] = {
    {.name = "arch", .choices = "amd64, i386, arm64, armhf, riscv32, riscv64"},
    {.name = "cmode", .choices = "shell, console, tty"},
    {.name = "console", .type = Type::boolean},
    {.name = "cores", .type = Type::integer, .minimum = 1, .maximum = 8192},
    {.name = "cpulimit"},
    {.name = "cpuunits", .type = Type::integer, .minimum = 0, .maximum = 500'000},
    {.name = "debug", .type = Type::boolean},
    {.name = "description", .max_length = 8192},
    {.name = "entrypoint"},
    {.name = "env"},
    {.name = "features"},
    {.name = "hookscript", .form = volume_error},
    {.name = "hostname", .format = Format::dns_name, .max_length = 255},
    {.name = "lock",
     .choices = "backup, create, destroyed, disk, fstrim, migrate, mounted, rollback, snapshot, "
                "snapshot-delete"},
    {.name = "memory", .type = Type::integer, .minimum = 16},
    {.name = "nameserver"},
    {.name = "onboot", .type = Type::boolean},
    {.name = "ostype",
     .choices = "debian, devuan, ubuntu, centos, fedora, opensuse, archlinux, alpine, gentoo, "
                "nixos, unmanaged"},
    {.name = "protection", .type = Type::boolean},
    {.name = "rootfs"},
    {.name = "searchdomain"},
    {.name = "startup"},
    {.name = "swap", .type = Type::integer, .minimum = 0},
    {.name = "tags", .format = Format::tag_list},
    {.name = "template", .type = Type::boolean},
    {.name = "timezone"},
    {.name = "tty", .type = Type::integer, .minimum = 0, .maximum = 6},
    {.name = "unprivileged", .type = Type::boolean},
};

struct Numbered {
    std::string_view name;
    int count;
    std::span<const Property> properties{};
};

constexpr Numbered numbered_machine_keys[] = {
    {"hostpci", 16},
    {"ide", 4},
    {"ipconfig", 32, ip_configuration},
    {"net", 32, machine_card},
    {"numa", 8},
    {"parallel", 3},
    {"sata", 6},
    {"scsi", 31},
    {"serial", 4},
    {"usb", 14},
    {"virtio", 16},
    {"unused", 256},
};

constexpr Numbered numbered_container_keys[] = {
    {"dev", 256}, {"mp", 256}, {"net", 32, container_card}, {"unused", 256}};

constexpr Field change_fields[] = {
    {.name = "skiplock", .type = Type::boolean, .root_only = true},
    {.name = "delete"},
    {.name = "revert"},
    {.name = "force", .type = Type::boolean},
    {.name = "digest", .max_length = 40},
    {.name = "background_delay", .type = Type::integer, .minimum = 1},
};

constexpr Field container_change_fields[] = {
    {.name = "delete"}, {.name = "revert"}, {.name = "digest", .max_length = 40}};

constexpr Field only_at_container_creation[] = {
    {.name = "vmid", .type = Type::integer, .required = true, .format = Format::vmid},
    {.name = "ostemplate", .required = true, .max_length = 255},
    {.name = "bwlimit"},
    {.name = "force", .type = Type::boolean},
    {.name = "ha-managed", .type = Type::boolean},
    {.name = "ignore-unpack-errors", .type = Type::boolean},
    {.name = "password"},
    {.name = "pool"},
    {.name = "restore", .type = Type::boolean},
    {.name = "ssh-public-keys"},
    {.name = "start", .type = Type::boolean},
    {.name = "storage", .form = storage_id_error},
    {.name = "unique", .type = Type::boolean, .needs = "restore"},
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

/// All that the calls take of one kind of guest.
struct KeySet {
    std::vector<Field> keys{};
    std::vector<Field> change{};
    std::vector<Field> creation{};
};

KeySet make_set(std::span<const Field> plain, std::span<const Numbered> numbered,
                std::span<const Field> change, std::span<const Field> creation) {
    static std::deque<std::string> names;
    KeySet set;
    set.keys.assign(plain.begin(), plain.end());
    for (const Numbered& one : numbered)
        for (int number = 0; number < one.count; ++number) {
            names.push_back(std::string(one.name) + std::to_string(number));
            set.keys.push_back({.name = names.back(), .properties = one.properties});
        }
    set.change = set.creation = set.keys;
    set.change.insert(set.change.end(), change.begin(), change.end());
    set.creation.insert(set.creation.end(), creation.begin(), creation.end());
    return set;
}

const KeySet& keys_of(const GuestKind& kind) {
    static const KeySet of_machines =
        make_set(plain_machine_keys, numbered_machine_keys, change_fields, only_at_creation);
    static const KeySet of_containers =
        make_set(plain_container_keys, numbered_container_keys, container_change_fields,
                 only_at_container_creation);
    return &kind == &containers ? of_containers : of_machines;
}

/// "scsi0" is "scsi" with a number behind it.
bool is_numbered(std::string_view name, std::string_view stem) {
    return name.starts_with(stem) && name.size() > stem.size() &&
           std::ranges::all_of(name.substr(stem.size()), is_digit);
}

}  // namespace

std::span<const Field> config_fields(const GuestKind& kind) { return keys_of(kind).change; }

std::span<const Field> creation_fields(const GuestKind& kind) { return keys_of(kind).creation; }

bool is_config_key(const GuestKind& kind, std::string_view name) {
    const auto& keys = keys_of(kind).keys;
    return std::ranges::find(keys, name, &Field::name) != keys.end();
}

bool is_number_key(const GuestKind& kind, std::string_view name) {
    const auto& keys = keys_of(kind).keys;
    const auto key = std::ranges::find(keys, name, &Field::name);
    return key != keys.end() && key->type != Type::text;
}

bool is_disk_key(const GuestKind& kind, std::string_view name) {
    if (&kind == &containers) return name == "rootfs" || is_numbered(name, "mp");
    constexpr std::string_view buses[] = {"scsi", "virtio", "sata", "ide"};
    return std::ranges::any_of(buses, [name](auto bus) { return is_numbered(name, bus); });
}

bool is_card_key(std::string_view name) { return is_numbered(name, "net"); }

}  // namespace demo_node
