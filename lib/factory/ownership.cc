// Ownership: what proves that a machine is the one that a line means, and not just its id.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/ownership.h"

#include <fmt/format.h>

#include "base/escape.h"
#include "factory/mark.h"
#include "line/address.h"

namespace proxmox {
namespace {

std::string differs(std::string_view what, std::string_view is, std::string_view wanted) {
    return fmt::format("its {} is {} and not {}", what, is.empty() ? "missing" : escape(is),
                       escape(wanted));
}

}  // namespace

std::string foreign_trait(const json::Value& config, const Record& record) {
    const std::string_view name = config["name"].text();
    if (record.has("vm_name") && name != record["vm_name"])
        return differs("name", name, record["vm_name"]);
    const std::string uuid = uuid_of(config);
    if (record.has("vm_uuid") && uuid != record["vm_uuid"])
        return differs("uuid", uuid, record["vm_uuid"]);
    const std::string_view notes = config["description"].text();
    if (record.has("vm_mark") && !bears_mark(notes, record["vm_mark"]))
        return differs("mark", marks_in(notes), record["vm_mark"]);
    return {};
}

}  // namespace proxmox
