// Golden templates: made once, tagged with what went into them, and found again by that.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/json.h"
#include "stage/proofs.h"
#include "tool/tool.h"

namespace proxmox {

/// Prepare: the fingerprint of a recipe, whatever the order of its keys.
[[gnu::visibility("default")]] Result<std::string> take_fingerprint(const json::Value& nothing,
                                                                    Record& record,
                                                                    const Moment& moment);

/// Finds the newest template whose fingerprint is the same, on the line's node if there is one,
/// else on another where the line names none.
[[gnu::visibility("default")]] Way<Printed> look_up_template(Line& line);

/// Prepare: the tags of a VM that becomes a template, out of its configuration.
[[gnu::visibility("default")]] Result<std::string> compose_promotion(const json::Value& config,
                                                                     Record& record,
                                                                     const Moment& moment);

/// It has become a template.
[[gnu::visibility("default")]] Shown shows_template(const Seen& seen);

}  // namespace proxmox
