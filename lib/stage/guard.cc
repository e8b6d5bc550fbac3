// The guard: which VMs destructive tools leave alone, whatever a line says.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/guard.h"

#include <fmt/format.h>

#include "base/escape.h"
#include "line/address.h"

namespace proxmox {

bool has_tag(std::string_view tags, std::string_view wanted) {
    while (!tags.empty()) {
        const std::size_t end = tags.find_first_of(";, ");
        if (tags.substr(0, end) == wanted) return true;
        tags.remove_prefix(end == std::string_view::npos ? tags.size() : end + 1);
    }
    return false;
}

std::string refusal_of_guard(const json::Value& config, std::string_view required_tag) {
    if (config["protection"].integer().value_or(0) != 0) return "its protection is on";
    const std::string_view tags = config["tags"].text();
    if (has_tag(tags, protected_tag)) return fmt::format("it has the tag {}", protected_tag);
    if (!required_tag.empty() && !has_tag(tags, required_tag))
        return fmt::format("it lacks the tag {} ({})", escape(required_tag), guard_variable);
    return {};
}

std::string refusal_of_line(const json::Value& config, const Record& record) {
    // One without a name is shown under its id; "?" is how a name is printed that cannot be read.
    std::string name(config["name"].text());
    if (name.empty()) name = fmt::format("VM {}", record["vm_id"]);
    const std::string_view named = record["vm_name"];
    if (!named.empty() && named != "?" && named != name)
        return fmt::format("its name is {}, and the line says {}", escape(name), escape(named));
    const std::string uuid = uuid_of(config);
    if (record.has("vm_uuid") && !is_same_but_for_case(uuid, record["vm_uuid"]))
        return fmt::format("its uuid is {}, and the line says {}",
                           uuid.empty() ? "unknown" : escape(uuid), record["vm_uuid"]);
    return {};
}

}  // namespace proxmox
