// The judgement of a server's key, put where OpenSSL verifies certificates.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "trust.h"

namespace proxmox {

/// Makes the handshakes of this SSL_CTX end unless `trust` accepts the server's key.
void judge_in_handshake(void* ssl_context, Trust& trust);

}  // namespace proxmox
