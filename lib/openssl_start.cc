// OpenSSL's start: nothing of it but what a TLS client needs, whatever files and environment say.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "openssl_start.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>

#include <initializer_list>

namespace proxmox {

void start_openssl() {
    // openssl.cnf, and the variables that name another, can load code into the process that is
    // about to hold the token, and reading it takes longer than asking the node. Left out too, as
    // nothing of ours looks into them: the tables of every name that a cipher or digest ever had,
    // and the texts of errors that are never shown.
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ADD_ALL_CIPHERS |
                            OPENSSL_INIT_NO_ADD_ALL_DIGESTS | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS,
                        nullptr);
    OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_SSL_STRINGS, nullptr);
}

void know_certificate_digests() {
    for (const EVP_MD* digest :
         {EVP_sha1(), EVP_sha224(), EVP_sha256(), EVP_sha384(), EVP_sha512()})
        EVP_add_digest(digest);
}

}  // namespace proxmox
