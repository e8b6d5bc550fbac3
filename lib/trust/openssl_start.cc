// OpenSSL's start: nothing of it but what a TLS client needs, whatever files and environment say.
// SPDX-License-Identifier: GPL-3.0-or-later
// OpenSSL 3 calls a source of random bytes of one's own deprecated and has no other way to name
// one.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "trust/openssl_start.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <sodium.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <initializer_list>
#include <span>

namespace proxmox {
namespace {

/// The kernel's own generator. OpenSSL's three in a row are seeded from it and ask each time which
/// process this is; a handshake takes seven small pieces, so that one call serves it. What is given
/// out is wiped here, and no process of ours goes on as two.
class KernelRandom {
  public:
    bool fill(std::span<unsigned char> target) {
        if (target.size() > ready_.size()) return ask(target);
        if (target.size() > left_ && !(left_ = ask(ready_) ? ready_.size() : 0)) return false;
        left_ -= target.size();
        const auto piece = std::span(ready_).subspan(left_, target.size());
        std::ranges::copy(piece, target.begin());
        sodium_memzero(piece.data(), piece.size());
        return true;
    }

  private:
    static bool ask(std::span<unsigned char> target) {
        while (!target.empty()) {
            const ssize_t got = getrandom(target.data(), target.size(), 0);
            if (got < 0 && errno != EINTR) return false;
            target = target.subspan(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        }
        return true;
    }

    std::array<unsigned char, 256> ready_{};
    std::size_t left_ = 0;
};

int random_from_kernel(unsigned char* bytes, int size) {
    static constinit thread_local KernelRandom random;
    return random.fill({bytes, static_cast<std::size_t>(size)}) ? 1 : 0;
}

int kernel_is_seeded() { return 1; }

const RAND_METHOD kernel_random{.seed = nullptr,
                                .bytes = random_from_kernel,
                                .cleanup = nullptr,
                                .add = nullptr,
                                .pseudorand = random_from_kernel,
                                .status = kernel_is_seeded};

}  // namespace

bool start_openssl() {
    // openssl.cnf, and the variables that name another, can load code into the process that is
    // about to hold the token, and reading it takes longer than asking the node. Left out too, as
    // nothing of ours looks into them: the tables of every name that a cipher or digest ever had,
    // and the texts of errors that are never shown.
    const bool has_crypto = OPENSSL_init_crypto(
        OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ADD_ALL_CIPHERS |
            OPENSSL_INIT_NO_ADD_ALL_DIGESTS | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS,
        nullptr);
    const bool has_tls =
        OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_SSL_STRINGS, nullptr);
    const bool has_random = RAND_set_rand_method(&kernel_random) == 1;
    // Without the context that it makes by itself, OpenSSL 3.0 crashes where it is first used.
    return has_crypto && has_tls && has_random && OSSL_LIB_CTX_get0_global_default() != nullptr;
}

void know_certificate_digests() {
    for (const EVP_MD* digest :
         {EVP_sha1(), EVP_sha224(), EVP_sha256(), EVP_sha384(), EVP_sha512()})
        EVP_add_digest(digest);
}

}  // namespace proxmox
