// Opening an envelope: PBKDF2, HMAC-SHA256, AES-256-CTR, PKCS#7.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "open.h"

#include <openssl/evp.h>
#include <sodium.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <span>

#include "password.h"
#include "pbkdf2.h"

namespace proxmox::vault {
namespace {

constexpr std::size_t key_size = 32;
constexpr std::size_t counter_size = 16;
constexpr std::size_t block_size = 16;
constexpr std::size_t derived_size = 2 * key_size + counter_size;
// More than the frames of OpenSSL's and of our own functions, which held round keys and digests.
constexpr std::size_t used_stack = 4096;

static_assert(file_limit <= std::numeric_limits<int>::max(), "EVP counts in int");

std::unexpected<Error> refused() {
    return fail(Exit::credentials, "the password does not open it, or the vault was altered",
                "check the password file with: ansible-vault view --vault-password-file");
}

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};

const unsigned char* as_bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

/// AES-256-CTR from `ciphertext` into `plaintext`, which is as long.
bool decrypt(std::string_view key, std::string_view counter, std::string_view ciphertext,
             std::span<char> plaintext) {
    const std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> context(EVP_CIPHER_CTX_new());
    int size = 0;
    return context &&
           EVP_DecryptInit_ex2(context.get(), EVP_aes_256_ctr(), as_bytes(key), as_bytes(counter),
                               nullptr) == 1 &&
           EVP_DecryptUpdate(context.get(), reinterpret_cast<unsigned char*>(plaintext.data()),
                             &size, as_bytes(ciphertext),
                             static_cast<int>(ciphertext.size())) == 1 &&
           static_cast<std::size_t>(size) == ciphertext.size();
}

/// How many bytes remain without the PKCS#7 padding; nothing when the padding is wrong.
std::optional<std::size_t> unpadded_size(std::string_view plaintext) {
    if (plaintext.empty() || plaintext.size() % block_size != 0) return std::nullopt;
    const char last = plaintext.back();
    const auto padding = static_cast<unsigned char>(last);
    if (padding == 0 || padding > block_size) return std::nullopt;
    const std::string_view tail = plaintext.substr(plaintext.size() - padding);
    if (tail.find_first_not_of(last) != tail.npos) return std::nullopt;
    return plaintext.size() - padding;
}

}  // namespace

Result<Secret> open_envelope(const Envelope& envelope, std::string_view password) {
    const Result<Secret> derived = pbkdf2(password, envelope.salt, kdf_rounds, derived_size);
    sodium_stackzero(used_stack);
    if (!derived) return std::unexpected(derived.error());
    const std::string_view cipher_key = derived->reveal().substr(0, key_size);
    const std::string_view mac_key = derived->reveal().substr(key_size, key_size);
    const std::string_view counter = derived->reveal().substr(2 * key_size, counter_size);

    const HmacSha256::Digest mac = HmacSha256(mac_key).digest(envelope.ciphertext);
    if (!same_bytes({mac.data(), mac.size()}, envelope.mac)) return refused();

    return Secret::filled(
        envelope.ciphertext.size(), [&](std::span<char> plaintext) -> Result<std::size_t> {
            const bool decrypted = decrypt(cipher_key, counter, envelope.ciphertext, plaintext);
            sodium_stackzero(used_stack);
            if (!decrypted) return fail(Exit::credentials, "libcrypto refused AES-256-CTR");
            if (const auto size = unpadded_size({plaintext.data(), plaintext.size()})) return *size;
            return fail(Exit::credentials, "the vault is damaged: its padding is wrong",
                        "restore it from a copy");
        });
}

Result<Secret> Opener::open(std::string_view envelope_text) {
    const Result<Envelope> envelope = parse_envelope(envelope_text);
    if (!envelope) return std::unexpected(envelope.error());
    if (const Outcome read = read_password_once(); !read) return std::unexpected(read.error());
    return open_envelope(*envelope, password_.reveal());
}

Outcome Opener::read_password_once() {
    if (!password_.empty()) return {};
    Result<Password> password = read_password(password_path_);
    if (!password) return std::unexpected(password.error());
    password_ = std::move(password->bytes);
    warnings_ = std::move(password->warnings);
    return {};
}

}  // namespace proxmox::vault
