// Who the stand-in says it is: a private key, a certificate made at start, and its pin.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "base/error.h"

namespace demo_node {

template <auto free_function>
struct FreeWith {
    void operator()(auto* pointer) const { free_function(pointer); }
};

using TlsContext = std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>>;

/// A server context that speaks TLS 1.2 and 1.3, and what a client needs to recognise it.
struct TlsIdentity {
    TlsContext context;
    std::string pin;
    std::string fingerprint;
    std::string certificate_pem;
};

proxmox::Result<TlsIdentity> make_identity(const std::string& node, bool rsa);

}  // namespace demo_node
