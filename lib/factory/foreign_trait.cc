// Foreign traits: what shows that a machine is not the one that a line means, whatever its id.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/foreign_trait.h"

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

std::string foreign_clone(const json::Value& config, std::string_view name,
                          std::string_view source) {
    const std::string_view notes = config["description"].text();
    if (config["template"].integer() == 1) return "it is a template";
    if (config["name"].text() != name) return "it has another name";
    if (marks_in(notes).empty()) return "its notes have no mark of ours";
    // Marks of former times do not say it.
    const std::string other = source_in(notes);
    if (!other.empty() && other != source) return fmt::format("it is a clone of {}", other);
    return {};
}

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
