// What Proxmox writes into a task's log about disks that are made or copied.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "calls/disk_log.h"

#include <fmt/format.h>

#include <cstdlib>

namespace demo_node {
namespace {

constexpr long gigabyte = 1L << 30;

/// "local:110/vm-110-disk-0.qcow2,size=1G" as qemu-img speaks of it.
std::string formatting_text(std::string_view value) {
    const std::size_t colon = value.find(':'), comma = value.find(','), size = value.find("size=");
    const long gigabytes =
        size == std::string_view::npos
            ? 1
            : std::strtol(std::string(value.substr(size + 5)).c_str(), nullptr, 10);
    const std::string_view volume = value.substr(colon + 1, comma - colon - 1);
    if (volume.ends_with(".raw"))
        return fmt::format("Formatting '/var/lib/vz/images/{}', fmt=raw size={} preallocation=off",
                           volume, gigabytes * gigabyte);
    return fmt::format(
        "Formatting '/var/lib/vz/images/{}', fmt=qcow2 cluster_size=65536 extended_l2=off "
        "preallocation=metadata compression_type=zlib size={} lazy_refcounts=off "
        "refcount_bits=16",
        volume, gigabytes * gigabyte);
}

/// What is logged of a drive when its copy begins.
void log_clone_begun(const Guest& from, const Config::Entry& drive, Task& task) {
    const std::string_view source = from.config.get(drive.key);
    task.log.push_back(fmt::format("create full clone of {} {} ({})", from.kind->disk_noun,
                                   drive.key, source.substr(0, source.find(','))));
    task.log.push_back(formatting_text(drive.value));
    task.log.push_back(
        fmt::format("allocated target volume '{}'", drive.value.substr(0, drive.value.find(','))));
    task.log.emplace_back("transferred 0.0 B of 1.0 GiB (0.00%)");
}

}  // namespace

void log_new_disks(const Guest& guest, Task& task) {
    for (const Config::Entry& entry : guest.config.entries()) {
        if (entry.value.find("-disk-") == std::string::npos) continue;
        task.log.push_back(formatting_text(entry.value));
        task.log.push_back(
            fmt::format("{}: successfully created disk '{}'", entry.key, entry.value));
    }
}

void log_full_clone(const Guest& from, const Config& to, Task& task, bool is_over) {
    bool is_first = true;
    for (const Config::Entry& entry : to.entries()) {
        if (entry.value.find("-disk-") == std::string::npos) continue;
        if (!is_over || !is_first) log_clone_begun(from, entry, task);
        if (!is_over) return;
        task.log.emplace_back("transferred 1.0 GiB of 1.0 GiB (100.00%)");
        task.log.emplace_back("transferred 1.0 GiB of 1.0 GiB (100.00%)");
        is_first = false;
    }
}

}  // namespace demo_node
