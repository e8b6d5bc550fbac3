// OpenSSL's start: the system's configuration, whatever the environment says.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "openssl_start.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>

#include <cstdlib>
#include <optional>
#include <string>

namespace proxmox {
namespace {

/// A variable that is not set while this lives.
class SetAside {
  public:
    explicit SetAside(const char* name) : name_(name) {
        if (const char* value = std::getenv(name); value != nullptr) value_ = value;
        unsetenv(name);
    }
    ~SetAside() {
        if (value_) setenv(name_, value_->c_str(), 1);
    }
    SetAside(const SetAside&) = delete;
    SetAside& operator=(const SetAside&) = delete;

  private:
    const char* name_;
    std::optional<std::string> value_;
};

}  // namespace

void start_openssl() {
    // These can load code into the process that is about to hold the token. They are only set
    // aside: a password script of the user's may need them.
    const SetAside configuration("OPENSSL_CONF");
    const SetAside inclusions("OPENSSL_CONF_INCLUDE");
    const SetAside modules("OPENSSL_MODULES");
    const SetAside engines("OPENSSL_ENGINES");
    OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, nullptr);
    // A tenth of a run goes into tables that nothing of ours looks into: every cipher and digest
    // under every name it ever had, and the texts of errors that are never shown.
    OPENSSL_init_crypto(OPENSSL_INIT_NO_ADD_ALL_CIPHERS | OPENSSL_INIT_NO_ADD_ALL_DIGESTS |
                            OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS,
                        nullptr);
    OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_SSL_STRINGS, nullptr);
}

void know_certificate_digests() {
    for (const EVP_MD* digest :
         {EVP_sha1(), EVP_sha224(), EVP_sha256(), EVP_sha384(), EVP_sha512()})
        EVP_add_digest(digest);
}

}  // namespace proxmox
