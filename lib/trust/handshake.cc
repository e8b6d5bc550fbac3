// What we tell OpenSSL of a handshake: who judges the server's key, and how it reads.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trust/handshake.h"

#include <openssl/ssl.h>

namespace proxmox {
namespace {

int judge_certificate(X509_STORE_CTX* store, void* trust) {
    X509* certificate = X509_STORE_CTX_get0_cert(store);
    unsigned char* der = nullptr;
    const int size =
        certificate == nullptr ? -1 : i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    const bool accepted =
        size > 0 && static_cast<Trust*>(trust)->accepts(
                        {reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
    OPENSSL_free(der);
    X509_STORE_CTX_set_error(store, accepted ? X509_V_OK : X509_V_ERR_APPLICATION_VERIFICATION);
    return accepted ? 1 : 0;
}

/// A record's head and the rest of it are read one by one, since libcurl waits for the socket and
/// would not see what else OpenSSL had taken from it. Within the handshake OpenSSL alone reads:
/// there the server's whole part may come at once.
void end_reading_ahead(const SSL* connection, int where, int) {
    if ((where & SSL_CB_HANDSHAKE_DONE) != 0) SSL_set_read_ahead(const_cast<SSL*>(connection), 0);
}

}  // namespace

void prepare_handshake(void* ssl_context, Trust& trust) {
    auto* context = static_cast<SSL_CTX*>(ssl_context);
    SSL_CTX_set_read_ahead(context, 1);
    // Who was judged stays who it is.
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_info_callback(context, end_reading_ahead);
    const TrustMode mode = trust.policy().mode;
    if (mode == TrustMode::system || mode == TrustMode::authority_file ||
        mode == TrustMode::insecure)
        return;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cert_verify_callback(context, judge_certificate, &trust);
}

}  // namespace proxmox
