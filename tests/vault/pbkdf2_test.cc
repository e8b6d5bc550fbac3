// PBKDF2 and HMAC: the same bytes as OpenSSL's own.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pbkdf2.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <string>

namespace proxmox::vault {
namespace {

std::string by_openssl(std::string_view password, std::string_view salt, int rounds,
                       std::size_t size) {
    std::string derived(size, '\0');
    EXPECT_EQ(
        PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                          reinterpret_cast<const unsigned char*>(salt.data()),
                          static_cast<int>(salt.size()), rounds, EVP_sha256(),
                          static_cast<int>(size), reinterpret_cast<unsigned char*>(derived.data())),
        1);
    return derived;
}

std::string pattern(std::size_t size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += static_cast<char>(i * 7 + size);
    return text;
}

TEST(Pbkdf2, AgreesWithOpenSslForAllShapesOfInput) {
    for (const std::size_t password_size : {1, 31, 32, 55, 56, 63, 64, 65, 127, 128, 200})
        for (const std::size_t salt_size : {0, 1, 32, 51, 52, 60, 64, 100})
            for (const int rounds : {1, 2, 3, 17}) {
                const std::string password = pattern(password_size);
                const std::string salt = pattern(salt_size);
                const Result<Secret> derived = pbkdf2(password, salt, rounds, 80);
                ASSERT_TRUE(derived);
                EXPECT_EQ(derived->reveal(), by_openssl(password, salt, rounds, 80))
                    << password_size << ' ' << salt_size << ' ' << rounds;
            }
}

TEST(Pbkdf2, AgreesWithOpenSslForAllShapesOfOutput) {
    for (const std::size_t size : {1, 31, 32, 33, 64, 65, 80, 128}) {
        const Result<Secret> derived = pbkdf2("password", "salt", 5, size);
        ASSERT_TRUE(derived);
        EXPECT_EQ(derived->reveal(), by_openssl("password", "salt", 5, size));
    }
}

TEST(Pbkdf2, AgreesWithOpenSslForTheRoundsOfAVault) {
    const Result<Secret> derived = pbkdf2("password", pattern(32), kdf_rounds, 80);
    ASSERT_TRUE(derived);
    EXPECT_EQ(derived->reveal(), by_openssl("password", pattern(32), kdf_rounds, 80));
}

// RFC 7914, section 11.
TEST(Pbkdf2, GivesThePublishedVector) {
    const Result<Secret> derived = pbkdf2("passwd", "salt", 1, 8);
    ASSERT_TRUE(derived);
    EXPECT_EQ(derived->reveal(), std::string_view("\x55\xac\x04\x6e\x56\xe3\x08\x9f", 8));
}

TEST(HmacSha256, AgreesWithOpenSsl) {
    for (const std::size_t key_size : {1, 32, 64, 65, 100})
        for (const std::size_t size : {0, 1, 55, 56, 64, 1000}) {
            const std::string key = pattern(key_size);
            const std::string message = pattern(size);
            std::string expected(digest_size, '\0');
            unsigned expected_size = 0;
            HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                 reinterpret_cast<const unsigned char*>(message.data()), message.size(),
                 reinterpret_cast<unsigned char*>(expected.data()), &expected_size);
            const HmacSha256::Digest digest = HmacSha256(key).digest(message);
            EXPECT_EQ(std::string(digest.data(), digest.size()), expected);
            const HmacSha256::Digest in_two =
                HmacSha256(key).digest(message.substr(0, size / 2), message.substr(size / 2));
            EXPECT_EQ(std::string(in_two.data(), in_two.size()), expected);
        }
}

}  // namespace
}  // namespace proxmox::vault
