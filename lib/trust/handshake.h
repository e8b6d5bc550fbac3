// What we tell OpenSSL of a handshake: who judges the server's key, and how it reads.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "trust/trust.h"

namespace proxmox {

/// Makes the handshakes of this SSL_CTX end unless `trust` accepts the server's key, where that is
/// for `trust` to say: an authority is OpenSSL's own business.
void prepare_handshake(void* ssl_context, Trust& trust);

}  // namespace proxmox
