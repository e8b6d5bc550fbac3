// Finding machines: by name or id, with their address.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/json.h"
#include "tool/tool.h"

namespace proxmox {

/// Prepare: a bare word is an id or a name.
[[gnu::visibility("default")]] Result<std::string> take_reference(const json::Value& nothing,
                                                                  Record& record,
                                                                  const Moment& moment);

/// Prepare: the id of the one VM of the node's list that has the record's name.
[[gnu::visibility("default")]] Result<std::string> find_by_name(const json::Value& vms,
                                                                Record& record,
                                                                const Moment& moment);

/// Prepare: the address of the VM's own network card, out of what the guest agent says.
[[gnu::visibility("default")]] Result<std::string> learn_address(const json::Value& interfaces,
                                                                 Record& record,
                                                                 const Moment& moment);

/// Who a machine is, its address where its agent tells one, and its state.
[[gnu::visibility("default")]] Way<Printed> tell_of_machine(Line& line);

}  // namespace proxmox
