// What can be wrong between here and the node: said once, for the doctor and for every tool.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "api/api.h"

namespace proxmox {

/// `advice` is no fault: something works, and could work better.
enum class Health : std::uint8_t { good, bad, unknown, advice };

/// One line of the doctor's report, or the cause and the remedy of a tool's failure.
struct Check {
    std::string name;
    Health health = Health::good;
    std::string finding;
    std::string remedy{};
};

Check variable_unset(std::string_view variable);
/// The host's name has no address.
Check host_unresolved(std::string_view host_and_port);
Check port_closed(std::string_view host_and_port, std::string_view trouble);
/// `known` may be empty: then they were not asked for.
Check node_unknown(std::string finding, const std::set<std::string>& known = {});

/// What an answer other than a good one means; its remedy is empty where there is none.
Check check_answer(const Finding& finding, std::string_view host_and_port, std::string_view user);

}  // namespace proxmox
