// Memory: what another process can find of a vault while its settings live, and afterwards.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pbkdf2.h"
#include "vault.h"
#include "workshop.h"

namespace proxmox::vault {
namespace {

using test::Workshop;

// The secrets are spelt only behind this mask until the watched process is on its own: a fork
// inherits all memory, and a plain copy of ours would be found as if it were its.
constexpr char mask = 0x5a;

std::string flip(std::string text) {
    for (char& byte : text) byte ^= mask;
    return text;
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
            flip(masked.token) + "\"\n" + "nested: [{key: '" + flip(masked.passphrase) + "'}]\n" +
            "ssh_passphrase: " + flip(masked.passphrase) + "\n";
        workshop.write("vault", encrypted ? test::seal(yaml, flip(masked.password)) : yaml);
        workshop.write("password", " " + flip(masked.password) + "\n");
    });
}

/// A child that works step by step: each step begins when we say so.
class Watched {
  public:
    explicit Watched(const std::vector<std::function<bool()>>& steps) {
        std::array<int, 2> go{};
        std::array<int, 2> done{};
        if (pipe(go.data()) != 0 || pipe(done.data()) != 0) return;
        process_ = fork();
        if (process_ == 0) {
            // Or the end of our side would never show.
            close(go[1]);
            close(done[0]);
            char token = 0;
            for (const auto& step : steps) {
                if (read(go[0], &token, 1) != 1 || !step()) _exit(1);
                if (write(done[1], "x", 1) != 1) _exit(1);
            }
            static_cast<void>(read(go[0], &token, 1));
            _exit(0);
        }
        close(go[0]);
        close(done[1]);
        go_ = go[1];
        done_ = done[0];
    }
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;
    ~Watched() {
        close(go_);
        close(done_);
        if (process_ > 0) waitpid(process_, nullptr, 0);
    }

    bool step() {
        char token = 0;
        return write(go_, "x", 1) == 1 && read(done_, &token, 1) == 1;
    }
    pid_t process() const { return process_; }

  private:
    pid_t process_ = -1;
    int go_ = -1;
    int done_ = -1;
};

struct Region {
    std::uintptr_t start;
    std::uintptr_t end;
    std::string flags;
};

/// Every mapping that can be read and is not a file's text: writable ones, and sealed secrets.
std::vector<Region> regions_of(pid_t process) {
    std::vector<Region> regions;
    std::ifstream maps("/proc/" + std::to_string(process) + "/smaps");
    bool wanted = false;
    for (std::string line; std::getline(maps, line);) {
        std::uintptr_t start = 0;
        std::uintptr_t end = 0;
        std::array<char, 5> mode{};
        unsigned long inode = 0;
        if (std::sscanf(line.c_str(), "%lx-%lx %4s %*x %*s %lu", &start, &end, mode.data(),
                        &inode) == 4) {
            wanted =
                mode[0] == 'r' && (mode[1] == 'w' || inode == 0) && line.find("[v") == line.npos;
            if (wanted) regions.push_back({start, end, {}});
        } else if (wanted && line.starts_with("VmFlags:")) {
            regions.back().flags = line;
        }
    }
    return regions;
}

/// The flags of the mapping of each place where `needle` lies in the memory of the process.
std::vector<std::string> places_of(pid_t process, std::string_view needle) {
    std::vector<std::string> places;
    const int memory = open(("/proc/" + std::to_string(process) + "/mem").c_str(), O_RDONLY);
    EXPECT_GE(memory, 0);
    std::size_t scanned = 0;
    for (const Region& region : regions_of(process)) {
        std::string bytes(region.end - region.start, '\0');
        const ssize_t size =
            pread(memory, bytes.data(), bytes.size(), static_cast<off_t>(region.start));
        if (size < 0) continue;
        bytes.resize(static_cast<std::size_t>(size));
        scanned += bytes.size();
        for (std::size_t at = bytes.find(needle); at != bytes.npos; at = bytes.find(needle, at + 1))
            places.push_back(region.flags);
    }
    close(memory);
    EXPECT_GT(scanned, 100'000u);
    return places;
}

/// Ten bytes from the middle: a piece of a copy is as bad as the whole.
std::string_view piece_of(std::string_view secret) { return secret.substr(8, 10); }

class MemoryTest : public testing::TestWithParam<bool> {
  protected:
    void SetUp() override { write_canary_vault(workshop, masked, GetParam()); }
    void expect_places(pid_t process, const std::string& secret, std::size_t count,
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
    const std::string token = flip(masked.token);
    const std::string passphrase = flip(masked.passphrase);
    const std::string password = flip(masked.password);
    const std::vector<std::string> places = places_of(watched.process(), token);
    ASSERT_EQ(places.size(), 1u);
    EXPECT_NE(places[0].find(" lo"), std::string::npos) << places[0];
    EXPECT_NE(places[0].find(" dd"), std::string::npos) << places[0];
    const Result<Secret> keys = pbkdf2(password, test::Sealing().salt, kdf_rounds, 80);
    ASSERT_TRUE(keys);
    const std::string_view cipher_key = keys->reveal().substr(0, 32);
    const std::string_view mac_key = keys->reveal().substr(32, 32);

    for (const std::size_t tokens : {1u, 0u}) {
        expect_places(watched.process(), token, tokens, "the token");
        expect_places(watched.process(), passphrase, 0, "another value");
        expect_places(watched.process(), password, 0, "the password");
        expect_places(watched.process(), std::string(cipher_key), 0, "the cipher key");
        expect_places(watched.process(), std::string(mac_key), 0, "the MAC key");
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
    EXPECT_EQ(places_of(watched.process(), flip(masked.token)).size(), 1u);
}

TEST_P(MemoryTest, LeavesNothingOfAVaultThatIsRefused) {
    apart([&] {
        const std::string yaml = "proxmox_api_token_secret: \"" + flip(masked.token) + "\"\nx: \"" +
                                 flip(masked.passphrase) + "\n: [";
        workshop.write("vault", GetParam() ? test::seal(yaml, flip(masked.password)) : yaml);
    });
    Watched watched({[&] {
        return !open_vault(workshop.path("vault"), workshop.path("password")).has_value();
    }});
    ASSERT_TRUE(watched.step());
    expect_places(watched.process(), flip(masked.token), 0, "the token");
    expect_places(watched.process(), flip(masked.passphrase), 0, "another value");
    expect_places(watched.process(), flip(masked.password), 0, "the password");
}

INSTANTIATE_TEST_SUITE_P(Vaults, MemoryTest, testing::Bool(), [](const auto& parameter) {
    return parameter.param ? std::string("Encrypted") : std::string("Plaintext");
});

}  // namespace
}  // namespace proxmox::vault
