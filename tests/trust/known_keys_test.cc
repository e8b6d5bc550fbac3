// The known keys' store: its lines, its file, and what may be wrong with either.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trust/known_keys.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

namespace proxmox {
namespace {

const std::string pin_a = "sha256//" + std::string(43, 'A') + "=";
const std::string pin_b = "sha256//" + std::string(42, 'B') + "A=";

class KnownKeys : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "known_keys.XXXXXX";
        place = mkdtemp(pattern.data());
        path = place + "/config/range42/known_proxmox";
    }
    void TearDown() override { std::filesystem::remove_all(place); }

    void write(const std::string& text) const {
        std::filesystem::create_directories(std::filesystem::path(path).parent_path());
        std::ofstream(path) << text;
        chmod(path.c_str(), 0600);
    }
    std::string content() const {
        std::ifstream file(path);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    std::string place;
    std::string path;
};

TEST(ServerName, IsOneSpellingForOneServer) {
    const std::pair<std::string_view, std::string_view> table[] = {
        {"PVE.Lab:8006", "pve.lab:8006"},
        {"pve", "pve:443"},
        {"192.0.2.1:8006", "192.0.2.1:8006"},
        {"[2001:DB8::1]:8006", "[2001:db8::1]:8006"},
        {"[2001:db8:0:0:0:0:0:1]:8006", "[2001:db8::1]:8006"},
        {"[::1]", "[::1]:443"},
    };
    for (const auto& [text, name] : table) EXPECT_EQ(server_name_of(text), name);
}

TEST_F(KnownKeys, AStoreThatIsNotThereIsEmpty) {
    const auto known = read_known_keys(path);
    ASSERT_TRUE(known);
    EXPECT_TRUE(known->empty());
}

TEST_F(KnownKeys, AddsALineToAPrivateFile) {
    const auto meeting = add_known_key(path, {"pve:8006", pin_a, "2026-01-02"});
    ASSERT_TRUE(meeting);
    EXPECT_EQ(meeting->trouble, "");
    EXPECT_EQ(content(), "pve:8006 " + pin_a + " 2026-01-02\n");
    struct stat status {};
    ASSERT_EQ(stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0600U);
    ASSERT_EQ(stat((place + "/config/range42").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0700U);
}

TEST_F(KnownKeys, KeepsRemarksAndCompletesALastLine) {
    write("# mine\n\nother:8006 " + pin_b + " 2025-01-01");
    ASSERT_TRUE(add_known_key(path, {"pve:8006", pin_a, "2026-01-02"}));
    EXPECT_EQ(content(),
              "# mine\n\nother:8006 " + pin_b + " 2025-01-01\npve:8006 " + pin_a + " 2026-01-02\n");
    EXPECT_EQ(read_known_keys(path)->at(1).line_number, 4U);
}

TEST_F(KnownKeys, TheFirstOneStays) {
    ASSERT_TRUE(add_known_key(path, {"pve:8006", pin_a, "2026-01-02"}));
    const auto second = add_known_key(path, {"pve:8006", pin_b, "2026-01-03"});
    ASSERT_TRUE(second);
    EXPECT_EQ(second->key.pin, pin_a);
    EXPECT_EQ(read_known_keys(path)->size(), 1U);
}

TEST_F(KnownKeys, ReplacesOnlyWhatItShould) {
    write("# mine\npve:8006 " + pin_a + " 2025-01-01\nother:8006 " + pin_a + " 2025-01-01\n");
    const auto replaced = replace_known_key(path, {"pve:8006", pin_b, "2026-01-02"});
    ASSERT_TRUE(replaced);
    EXPECT_EQ(*replaced, 1U);
    EXPECT_EQ(content(),
              "# mine\nother:8006 " + pin_a + " 2025-01-01\npve:8006 " + pin_b + " 2026-01-02\n");
    EXPECT_EQ(*replace_known_key(path, {"pve:8006", {}, {}}), 1U);
    EXPECT_EQ(*replace_known_key(path, {"pve:8006", {}, {}}), 0U);
    EXPECT_EQ(content(), "# mine\nother:8006 " + pin_a + " 2025-01-01\n");
}

TEST_F(KnownKeys, ALineThatIsNoKeyIsRefusedAndNamed) {
    for (const std::string bad : {"pve:8006 sha256//short x\n", "pve:8006\n", "\x7f\x45LF\x01\n",
                                  "pve:8006 sha1//AAAA\n"}) {
        write("# mine\n" + bad);
        const auto known = read_known_keys(path);
        ASSERT_FALSE(known) << bad;
        EXPECT_EQ(known.error().exit, Exit::tls_identity);
        EXPECT_NE(known.error().message.find("line 2"), std::string::npos);
        EXPECT_FALSE(add_known_key(path, {"new:8006", pin_a, "2026-01-02"}));
        EXPECT_EQ(content(), "# mine\n" + bad);
    }
}

TEST_F(KnownKeys, ASizeBeyondTheLimitIsRefused) {
    write(std::string(known_keys_size_limit - 1, '#') + '\n');
    EXPECT_TRUE(read_known_keys(path));
    write(std::string(known_keys_size_limit, '#') + '\n');
    EXPECT_FALSE(read_known_keys(path));
}

TEST_F(KnownKeys, NeverWritesThroughASymbolicLink) {
    write("");
    const std::string target = place + "/target";
    std::filesystem::rename(path, target);
    std::filesystem::create_symlink(target, path);
    EXPECT_FALSE(add_known_key(path, {"pve:8006", pin_a, "2026-01-02"}));
    EXPECT_FALSE(replace_known_key(path, {"pve:8006", pin_a, "2026-01-02"}));
    EXPECT_EQ(std::filesystem::file_size(target), 0U);
    std::filesystem::remove(target);
    EXPECT_FALSE(add_known_key(path, {"pve:8006", pin_a, "2026-01-02"}));
    EXPECT_FALSE(std::filesystem::exists(target));
}

TEST_F(KnownKeys, WhatOthersCanWriteIsRefused) {
    write("pve:8006 " + pin_a + " 2026-01-02\n");
    chmod(path.c_str(), 0666);
    const auto known = read_known_keys(path);
    ASSERT_FALSE(known);
    EXPECT_NE(known.error().remedy.find("chmod 600"), std::string::npos);
}

TEST_F(KnownKeys, AStoreThatOthersCanExchangeIsRefused) {
    write("pve:8006 " + pin_a + " 2026-01-02\n");
    for (const std::string& above : {place, place + "/config", place + "/config/range42"}) {
        ASSERT_TRUE(read_known_keys(path));
        ASSERT_EQ(chmod(above.c_str(), 0777), 0);
        const auto known = read_known_keys(path);
        ASSERT_FALSE(known) << above;
        EXPECT_EQ(known.error().exit, Exit::tls_identity);
        EXPECT_NE(known.error().message.find(above + ": other users"), std::string::npos);
        EXPECT_FALSE(add_known_key(path, {"new:8006", pin_b, "2026-01-02"}));
        ASSERT_EQ(chmod(above.c_str(), 0700), 0);
    }
    // One that is yet to be made is none to rely on either.
    std::filesystem::remove(path);
    ASSERT_EQ(chmod(place.c_str(), 0777), 0);
    EXPECT_FALSE(add_known_key(path, {"new:8006", pin_b, "2026-01-02"}));
}

TEST_F(KnownKeys, AStoreOfAnotherOwnerIsRefused) {
    if (geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
    constexpr uid_t stranger = 65'534;
    write("pve:8006 " + pin_a + " 2026-01-02\n");
    for (const std::string& given : {path, place + "/config"}) {
        ASSERT_TRUE(read_known_keys(path));
        ASSERT_EQ(chown(given.c_str(), stranger, static_cast<gid_t>(-1)), 0);
        const auto known = read_known_keys(path);
        ASSERT_FALSE(known) << given;
        EXPECT_NE(known.error().message.find("belongs to another user"), std::string::npos);
        ASSERT_EQ(chown(given.c_str(), 0, static_cast<gid_t>(-1)), 0);
    }
}

TEST_F(KnownKeys, WhatIsNoFileIsRefused) {
    std::filesystem::create_directories(path);
    EXPECT_FALSE(read_known_keys(path));
    std::filesystem::remove(path);
    ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
    EXPECT_FALSE(read_known_keys(path));
}

TEST_F(KnownKeys, SaysWhenTheKeyCannotBeStored) {
    std::ofstream(place + "/config") << "a file where a directory should be";
    const auto meeting = add_known_key(path, {"pve:8006", pin_a, "2026-01-02"});
    ASSERT_TRUE(meeting);
    EXPECT_NE(meeting->trouble, "");
    EXPECT_NE(add_known_key("", {"pve:8006", pin_a, "2026-01-02"})->trouble, "");
}

TEST_F(KnownKeys, ManyAtOnceAgreeOnOneAndLoseNoLine) {
    constexpr int processes = 8;
    constexpr int servers = 20;
    std::vector<pid_t> children;
    for (int child = 0; child < processes; ++child) {
        const pid_t process = fork();
        ASSERT_GE(process, 0);
        if (process == 0) {
            bool good = true;
            for (int server = 0; server < servers; ++server) {
                good = good && add_known_key(path, {"pve" + std::to_string(server) + ":8006",
                                                    child % 2 == 0 ? pin_a : pin_b, "2026-01-02"});
                // An exchange of the whole file under the feet of those who append.
                good = good && replace_known_key(path, {"mine" + std::to_string(child) + ":1",
                                                        pin_a, "2026-01-02"});
            }
            _exit(good ? 0 : 1);
        }
        children.push_back(process);
    }
    for (const pid_t child : children) {
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        EXPECT_EQ(status, 0);
    }
    const auto known = read_known_keys(path);
    ASSERT_TRUE(known);
    std::set<std::string> names;
    for (const KnownKey& key : *known) EXPECT_TRUE(names.insert(key.server).second) << key.server;
    EXPECT_EQ(names.size(), static_cast<std::size_t>(servers + processes));
}

TEST(KnownKeysPath, FollowsXdgAndHomeWhereTheyAreAbsolute) {
    struct Row {
        const char* xdg;
        const char* home;
        const char* path;
    };
    for (const Row& row : {Row{"/x", "/h", "/x/range42/known_proxmox"},
                           Row{"", "/h", "/h/.config/range42/known_proxmox"},
                           Row{nullptr, "/h", "/h/.config/range42/known_proxmox"},
                           Row{"relative", "/h", "/h/.config/range42/known_proxmox"},
                           Row{nullptr, "relative", ""}, Row{nullptr, nullptr, ""}}) {
        const auto set = [](const char* name, const char* value) {
            value == nullptr ? unsetenv(name) : setenv(name, value, 1);
        };
        set("XDG_CONFIG_HOME", row.xdg);
        set("HOME", row.home);
        EXPECT_EQ(known_keys_path(), row.path);
    }
}

}  // namespace
}  // namespace proxmox
