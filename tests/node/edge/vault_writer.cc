// Writing an encrypted settings file in the ansible-vault 1.1 envelope.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/vault_writer.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "edge/identity.h"

namespace demo_node {

namespace {

constexpr std::string_view header = "$ANSIBLE_VAULT;1.1;AES256\n";
constexpr int iterations = 10'000;
constexpr std::size_t salt_bytes = 32;
constexpr std::size_t key_bytes = 32;
constexpr std::size_t counter_bytes = 16;
constexpr std::size_t mac_bytes = 32;
constexpr std::size_t block_bytes = 16;
constexpr std::size_t line_columns = 80;

using Byte = unsigned char;
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeWith<EVP_CIPHER_CTX_free>>;

/// What PBKDF2 gives, in this order.
struct Keys {
    std::array<Byte, key_bytes> cipher;
    std::array<Byte, key_bytes> mac;
    std::array<Byte, counter_bytes> counter;
};

std::string hex(std::span<const Byte> bytes) { return fmt::format("{:02x}", fmt::join(bytes, "")); }

std::vector<Byte> padded(std::string_view text) {
    const std::size_t padding = block_bytes - text.size() % block_bytes;
    std::vector<Byte> bytes(text.begin(), text.end());
    bytes.insert(bytes.end(), padding, static_cast<Byte>(padding));
    return bytes;
}

bool encrypt(std::vector<Byte>& bytes, const Keys& keys) {
    const Cipher cipher(EVP_CIPHER_CTX_new());
    int size = 0;
    return cipher &&
           EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_ctr(), nullptr, keys.cipher.data(),
                              keys.counter.data()) == 1 &&
           EVP_EncryptUpdate(cipher.get(), bytes.data(), &size, bytes.data(),
                             static_cast<int>(bytes.size())) == 1;
}

std::string in_lines(const std::string& digits) {
    std::string out;
    for (std::size_t at = 0; at < digits.size(); at += line_columns)
        out.append(digits, at, line_columns).append("\n");
    return out;
}

}  // namespace

std::string random_word(std::size_t size) {
    constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    static_assert(letters.size() == 64);
    std::vector<Byte> bytes(size);
    if (RAND_bytes(bytes.data(), static_cast<int>(size)) != 1) return {};
    std::string word;
    for (const Byte byte : bytes) word += letters[byte % letters.size()];
    return word;
}

std::string random_uuid() {
    std::array<Byte, 16> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return {};
    bytes[6] = static_cast<Byte>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<Byte>((bytes[8] & 0x3f) | 0x80);
    std::string text = hex(bytes);
    for (const std::size_t dash : {20u, 16u, 12u, 8u}) text.insert(dash, "-");
    return text;
}

std::string encrypt_vault(std::string_view text, std::string_view password) {
    std::array<Byte, salt_bytes> salt{};
    std::array<Byte, mac_bytes> mac{};
    Keys keys{};
    std::vector<Byte> bytes = padded(text);
    if (RAND_bytes(salt.data(), salt_bytes) != 1 ||
        PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), salt.data(),
                          salt_bytes, iterations, EVP_sha256(), sizeof keys,
                          reinterpret_cast<Byte*>(&keys)) != 1 ||
        !encrypt(bytes, keys) ||
        !HMAC(EVP_sha256(), keys.mac.data(), key_bytes, bytes.data(), bytes.size(), mac.data(),
              nullptr))
        return {};
    const std::string inner = fmt::format("{}\n{}\n{}", hex(salt), hex(mac), hex(bytes));
    const std::span<const Byte> characters(reinterpret_cast<const Byte*>(inner.data()),
                                           inner.size());
    return std::string(header) + in_lines(hex(characters));
}

}  // namespace demo_node
