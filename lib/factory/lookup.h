// Finding machines: by name or id, with their address, and templates by what went into them.
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

/// Prepare: the fingerprint of a recipe, whatever the order of its keys.
[[gnu::visibility("default")]] Result<std::string> take_fingerprint(const json::Value& nothing,
                                                                    Record& record,
                                                                    const Moment& moment);

/// Prepare: the newest template whose fingerprint is the same, on the record's node if there is
/// one, else on another where the line names none.
[[gnu::visibility("default")]] Result<std::string> find_template(const json::Value& vms,
                                                                 Record& record,
                                                                 const Moment& moment);

/// Prepare: the tags of a VM that becomes a template, out of its configuration.
[[gnu::visibility("default")]] Result<std::string> compose_promotion(const json::Value& config,
                                                                     Record& record,
                                                                     const Moment& moment);

}  // namespace proxmox
