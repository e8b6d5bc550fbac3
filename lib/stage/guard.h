// The guard: which VMs destructive tools leave alone, whatever a line says.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "json/json.h"
#include "line/record.h"

namespace proxmox {

inline constexpr std::string_view guard_variable = "RANGE42_PROXMOX_REQUIRE_TAG";
inline constexpr std::string_view protected_tag = "protected";

/// Proxmox keeps tags as "a;b"; commas and blanks separate them as well.
bool has_tag(std::string_view tags, std::string_view wanted);

/// Why a VM with this configuration must not be harmed; empty when it may be. Without a required
/// tag only what is protected is left alone.
std::string refusal_of_guard(const json::Value& config, std::string_view required_tag);

/// Why the VM with this configuration is not the one that the line speaks of; empty when nothing
/// that the line knows of it is otherwise.
std::string refusal_of_line(const json::Value& config, const Record& record);

}  // namespace proxmox
