// Disks of machines: how large they are, how large they are to be, and how they grow.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/disk.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/escape.h"
#include "line/address.h"

namespace proxmox {
namespace {

constexpr std::string_view usual_disk = "scsi0";
constexpr std::int64_t kibi = 1024;
constexpr std::size_t longest_size = 9;

/// With the largest unit that says it without a fraction.
std::string text_of(std::int64_t kibibytes) {
    std::string_view units = "KMG";
    while (units.size() > 1 && kibibytes % kibi == 0) {
        kibibytes /= kibi;
        units.remove_prefix(1);
    }
    return fmt::format("{}{}", kibibytes, units.front());
}

}  // namespace

std::optional<std::int64_t> kibibytes_of(std::string_view size) {
    constexpr std::array<std::pair<std::string_view, std::int64_t>, 4> units{
        {{"kK", 1}, {"mM", kibi}, {"gG", kibi * kibi}, {"tT", kibi * kibi * kibi}}};
    std::int64_t unit = kibi * kibi;
    for (const auto& [letters, kibibytes] : units)
        if (!size.empty() && letters.contains(size.back())) {
            unit = kibibytes;
            size.remove_suffix(1);
            break;
        }
    const auto number = json::integer_of(size);
    if (!number || *number <= 0 || size.size() > longest_size) return std::nullopt;
    return *number * unit;
}

Result<std::string> compose_growth(const json::Value& config, Record& record, const Moment&) {
    record.set("vm_growth", "");
    if (!record.has("vm_disk_size")) return {};
    if (!record.has("vm_disk")) record.set("vm_disk", usual_disk);
    const std::string_view disk = record["vm_disk"];
    const auto wanted = kibibytes_of(record["vm_disk_size"]);
    if (!wanted)
        return fail(Exit::line_failed,
                    fmt::format("vm_disk_size is no size: {}", escape(record["vm_disk_size"])));
    if (!config.exists()) {
        record.set("vm_growth", text_of(*wanted));
        return {};
    }
    const auto present = kibibytes_of(property_of(config[disk].text(), "size"));
    if (!present)
        return fail(Exit::line_failed, fmt::format("vm_id {} has no disk {} of a known size",
                                                   record["vm_id"], escape(disk)));
    if (*present < *wanted) record.set("vm_growth", text_of(*wanted));
    if (*present <= *wanted) return {};
    return fmt::format("vm_id {}: {} has {} already, more than the {} that are wanted",
                       record["vm_id"], escape(disk), text_of(*present), text_of(*wanted));
}

}  // namespace proxmox
