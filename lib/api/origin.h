// Whose words an answer that is no success has: Proxmox's own, or those of somebody in between.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/exchange.h"
#include "json/json.h"

namespace proxmox {

/// Proxmox refuses in JSON or in a status line that it alone has. Whatever else stands between, a
/// proxy or a firewall, may have passed the request on before it answered for itself: only words
/// of Proxmox's own prove what became of a request. `document` is the body, empty if no JSON.
bool is_of_proxmox(const Answer& answer, const json::Document& document);

}  // namespace proxmox
