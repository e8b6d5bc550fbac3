// Who may do what, as the rows of the tables of calls say it.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include "calls/router.h"

namespace demo_node {

namespace privilege {

inline constexpr std::string_view vm_audit[] = {"VM.Audit"};
inline constexpr std::string_view vm_network[] = {"VM.Config.Network"};
inline constexpr std::string_view vm_console[] = {"VM.Console"};
inline constexpr std::string_view system_audit[] = {"Sys.Audit"};
inline constexpr std::string_view system_modify[] = {"Sys.Modify"};
inline constexpr std::string_view system_log[] = {"Sys.Syslog"};
inline constexpr std::string_view sdn_audit[] = {"SDN.Audit"};
inline constexpr std::string_view sdn_allocate[] = {"SDN.Allocate"};
inline constexpr std::string_view pool_audit[] = {"Pool.Audit"};
inline constexpr std::string_view pool_allocate[] = {"Pool.Allocate"};
inline constexpr std::string_view store_allocate[] = {"Datastore.Allocate"};
inline constexpr std::string_view store_read[] = {"Datastore.Audit", "Datastore.AllocateSpace"};

}  // namespace privilege

/// Anyone who has a token at all.
inline constexpr Permission anyone{};

}  // namespace demo_node
