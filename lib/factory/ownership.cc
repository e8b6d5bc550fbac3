// Ownership: what proves that a machine is the one that a line means, and not just its id.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/ownership.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/escape.h"
#include "line/address.h"
#include "line/grammar.h"

namespace proxmox {
namespace {

bool is_mark(std::string_view line) {
    return line.starts_with(mark_prefix) && is_of(Type::uuid, line.substr(mark_prefix.size()));
}

std::string differs(std::string_view what, std::string_view is, std::string_view wanted) {
    return fmt::format("its {} is {} and not {}", what, is.empty() ? "missing" : escape(is),
                       escape(wanted));
}

}  // namespace

std::string marks_in(std::string_view notes) {
    std::string marks;
    while (!notes.empty()) {
        const std::string_view line = notes.substr(0, notes.find('\n'));
        notes.remove_prefix(std::min(line.size() + 1, notes.size()));
        if (is_mark(line)) marks.append(line).append(1, '\n');
    }
    return marks;
}

std::string foreign_trait(const json::Value& config, const Record& record) {
    const std::string_view name = config["name"].text();
    if (record.has("vm_name") && name != record["vm_name"])
        return differs("name", name, record["vm_name"]);
    const std::string uuid = uuid_of(config);
    if (record.has("vm_uuid") && uuid != record["vm_uuid"])
        return differs("uuid", uuid, record["vm_uuid"]);
    const std::string marks = marks_in(config["description"].text());
    const std::string wanted = fmt::format("{}{}\n", mark_prefix, record["vm_mark"]);
    if (record.has("vm_mark") && marks.find(wanted) == std::string::npos)
        return differs("mark", marks, record["vm_mark"]);
    return {};
}

}  // namespace proxmox
