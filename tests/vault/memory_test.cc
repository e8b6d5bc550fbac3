// Memory: what another process can find of a vault while its settings live, and afterwards.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pbkdf2.h"
#include "vault.h"
#include "watched.h"
#include "workshop.h"

namespace proxmox::vault {
namespace {

using test::places_of;
using test::Watched;
using test::Workshop;

// The secrets are spelt only behind this mask until the watched process is on its own: a fork
// inherits all memory, and a plain copy of ours would be found as if it were its.
constexpr char mask = 0x5a;

/// A secret in plain text that leaves nothing in the heap, which the next fork would inherit.
class Plain {
  public:
    explicit Plain(std::string text) : text_(std::move(text)) {}
    ~Plain() { sodium_memzero(text_.data(), text_.size()); }
    Plain(const Plain&) = delete;
    Plain& operator=(const Plain&) = delete;

    const std::string& text() const { return text_; }

  private:
    std::string text_;
};

Plain flip(std::string text) {
    for (char& byte : text) byte ^= mask;
    return Plain(std::move(text));
}

struct Masked {
    std::string token = flip_parts("c4nary-token-", "0b9d7e5f31a2-8c6e4d");
    std::string passphrase = flip_parts("c4nary-passphrase-", "77e1f0a9c3b5");
    std::string password = flip_parts("c4nary-password-", "5d2e8f4a6b1c");

    /// Joins without ever holding the plain whole.
    static std::string flip_parts(const char* first, const char* second) {
        std::string text;
        for (const char* part : {first, second})
            for (; *part; ++part) text += static_cast<char>(*part ^ mask);
        return text;
    }
};

/// Runs `body` in a process of its own, so that what it writes to its memory is gone with it.
void apart(const std::function<void()>& body) {
    const pid_t process = fork();
    ASSERT_GE(process, 0);
    if (process == 0) {
        body();
        _exit(0);
    }
    int status = 0;
    ASSERT_EQ(waitpid(process, &status, 0), process);
    ASSERT_EQ(status, 0);
}

void write_canary_vault(const Workshop& workshop, const Masked& masked, bool encrypted) {
    apart([&] {
        std::string yaml =
            "proxmox_api_host: pve:8006\nproxmox_api_user: root@pam\n"
            "proxmox_api_token_id: token\nproxmox_node: pve\n"
            "proxmox_api_token_secret: \"" +
            flip(masked.token).text() + "\"\n" + "nested: [{key: '" +
            flip(masked.passphrase).text() + "'}]\n" +
            "ssh_passphrase: " + flip(masked.passphrase).text() + "\n";
        workshop.write("vault", encrypted ? test::seal(yaml, flip(masked.password).text()) : yaml);
        workshop.write("password", " " + flip(masked.password).text() + "\n");
    });
}

/// Ten bytes from the middle: a piece of a copy is as bad as the whole.
std::string_view piece_of(std::string_view secret) { return secret.substr(8, 10); }

/// By other means than ours: a process that is to be forked must not have guarded memory before, as
/// the lock of a page does not outlive a fork.
Plain derived_keys(const std::string& password) {
    const std::string salt = test::Sealing().salt;
    std::string keys(64, '\0');
    EXPECT_EQ(PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                                reinterpret_cast<const unsigned char*>(salt.data()),
                                static_cast<int>(salt.size()), kdf_rounds, EVP_sha256(),
                                static_cast<int>(keys.size()),
                                reinterpret_cast<unsigned char*>(keys.data())),
              1);
    return Plain(std::move(keys));
}

class MemoryTest : public testing::TestWithParam<bool> {
  protected:
    void SetUp() override {
        if (!test::memory_is_ours()) GTEST_SKIP() << "under AddressSanitizer";
        write_canary_vault(workshop, masked, GetParam());
    }
    void expect_places(pid_t process, std::string_view secret, std::size_t count,
                       const char* what) {
        EXPECT_EQ(places_of(process, secret).size(), count) << what;
        EXPECT_EQ(places_of(process, piece_of(secret)).size(), count) << what << ", a piece of it";
    }

    Workshop workshop;
    Masked masked;
};

TEST_P(MemoryTest, HoldsTheTokenOnceInLockedMemoryAndNothingAfterwards) {
    Settings settings;
    Watched watched({[&] {
                         Result<Settings> opened =
                             open_vault(workshop.path("vault"), workshop.path("password"));
                         if (!opened) return false;
                         settings = std::move(*opened);
                         return true;
                     },
                     [&] {
                         settings = Settings();
                         return true;
                     }});
    ASSERT_TRUE(watched.step());
    const Plain plain_token = flip(masked.token);
    const std::string& token = plain_token.text();
    const Plain plain_passphrase = flip(masked.passphrase);
    const std::string& passphrase = plain_passphrase.text();
    const Plain plain_password = flip(masked.password);
    const std::string& password = plain_password.text();
    const std::vector<std::string> places = places_of(watched.process(), token);
    ASSERT_EQ(places.size(), 1u);
    EXPECT_EQ(places[0].find(" lo") != std::string::npos, test::can_lock_memory()) << places[0];
    EXPECT_NE(places[0].find(" dd"), std::string::npos) << places[0];
    const Plain keys = derived_keys(password);
    const std::string_view cipher_key = std::string_view(keys.text()).substr(0, 32);
    const std::string_view mac_key = std::string_view(keys.text()).substr(32, 32);

    for (const std::size_t tokens : {1u, 0u}) {
        expect_places(watched.process(), token, tokens, "the token");
        expect_places(watched.process(), passphrase, 0, "another value");
        expect_places(watched.process(), password, 0, "the password");
        expect_places(watched.process(), cipher_key, 0, "the cipher key");
        expect_places(watched.process(), mac_key, 0, "the MAC key");
        if (tokens == 1) {
            ASSERT_TRUE(watched.step());
        }
    }
}

TEST_P(MemoryTest, TheSearchFindsACopyInTheHeap) {
    std::optional<std::string> copy;
    Watched watched({[&] {
        const Result<Settings> settings =
            open_vault(workshop.path("vault"), workshop.path("password"));
        if (settings) copy = settings->token_secret.reveal();
        return settings.has_value();
    }});
    ASSERT_TRUE(watched.step());
    EXPECT_EQ(places_of(watched.process(), flip(masked.token).text()).size(), 1u);
}

TEST_P(MemoryTest, LeavesNothingOfAVaultThatIsRefused) {
    apart([&] {
        const std::string yaml = "proxmox_api_token_secret: \"" + flip(masked.token).text() +
                                 "\"\nx: \"" + flip(masked.passphrase).text() + "\n: [";
        workshop.write("vault", GetParam() ? test::seal(yaml, flip(masked.password).text()) : yaml);
    });
    Watched watched({[&] {
        return !open_vault(workshop.path("vault"), workshop.path("password")).has_value();
    }});
    ASSERT_TRUE(watched.step());
    expect_places(watched.process(), flip(masked.token).text(), 0, "the token");
    expect_places(watched.process(), flip(masked.passphrase).text(), 0, "another value");
    expect_places(watched.process(), flip(masked.password).text(), 0, "the password");
}

INSTANTIATE_TEST_SUITE_P(Vaults, MemoryTest, testing::Bool(), [](const auto& parameter) {
    return parameter.param ? std::string("Encrypted") : std::string("Plaintext");
});

}  // namespace
}  // namespace proxmox::vault
