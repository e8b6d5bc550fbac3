// Taking back: what proves that a VM is still the one that was made, and how it is removed.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/undo.h"

#include <fmt/format.h>

#include "base/escape.h"
#include "line/address.h"

namespace proxmox {
namespace {

std::unexpected<Error> not_ours(const Record& record, std::string_view what, std::string_view is,
                                std::string_view was) {
    return fail(
        Exit::line_failed,
        fmt::format("vm_id {} is not the VM that was made: its {} is {} and was {}; left "
                    "alone",
                    record["vm_id"], what, is.empty() ? "unknown" : escape(is), escape(was)));
}

}  // namespace

Result<std::string> prove_ours(const json::Value& config, Record& record, const Moment&) {
    if (!config.exists())
        return fail(Exit::line_failed,
                    fmt::format("vm_id {}: its configuration cannot be read, so "
                                "that nothing proves that it is ours; left alone",
                                record["vm_id"]));
    const std::string uuid = uuid_of(config);
    const std::string_view created = property_of(config["meta"].text(), "ctime");
    const std::string_view name = config["name"].text();
    const bool is_marked =
        record.has("vm_mark") &&
        config["description"].text().find(record["vm_mark"]) != std::string_view::npos;
    // Until a creation has ended, Proxmox has written down no more than a lock.
    const std::string_view lock = config["lock"].text();
    const bool is_unfinished = lock == "create" || lock == "clone";
    if (is_unfinished)
        return fail(Exit::line_failed, fmt::format("vm_id {} is still being made ({}); try again "
                                                   "when that has ended",
                                                   record["vm_id"], lock));
    if (!record.has("vm_uuid") && !is_marked)
        return not_ours(record, "mark", "missing",
                        record.has("vm_mark") ? record["vm_mark"] : "none");
    if (record.has("vm_uuid") && uuid != record["vm_uuid"])
        return not_ours(record, "uuid", uuid, record["vm_uuid"]);
    if (record.has("vm_name") && name != record["vm_name"])
        return not_ours(record, "name", name, record["vm_name"]);
    if (record.has("vm_created") && created != record["vm_created"])
        return not_ours(record, "time of creation", created, record["vm_created"]);
    return {};
}

}  // namespace proxmox
