// Configuring machines: what a line wants beside what a machine has, and what is sent of it.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tool/tool.h"

namespace proxmox {

/// Prepare: what in this configuration is not as the record wants it. `vm_changes` is what is to be
/// sent, with the configuration's digest, and empty where nothing differs; `shown_changes` is the
/// same as anyone may see it; `vm_growth` is how large the disk is to become.
[[gnu::visibility("default")]] Result<std::string> compose_configuration(const json::Value& config,
                                                                         Record& record,
                                                                         const Moment& moment);

/// Brings a machine to what its line wants, and sends nothing where it is so already.
[[gnu::visibility("default")]] Way<Printed> configure_machine(Line& line);

}  // namespace proxmox
