// Files of the vault: what can be read, and what permissions give away.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "base/ownership.h"
#include "workshop.h"

namespace proxmox::vault {
namespace {

using test::Workshop;

Clock::time_point soon() { return Clock::now() + std::chrono::seconds(20); }

struct stat status_with(mode_t mode, uid_t owner = geteuid(), gid_t group = getegid()) {
    struct stat status {};
    status.st_mode = mode;
    status.st_uid = owner;
    status.st_gid = group;
    return status;
}

TEST(File, ReadsTheWholeContent) {
    const Workshop workshop;
    const std::string content(100'000, 'x');
    Result<File> file = File::open(workshop.write("vault", content));
    ASSERT_TRUE(file);
    EXPECT_TRUE(file->regular());
    const Result<Secret> read = file->read(content.size(), soon());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->reveal(), content);
}

TEST(File, RefusesMoreThanTheLimit) {
    const Workshop workshop;
    const std::string path = workshop.write("vault", "12345");
    Result<File> file = File::open(path);
    ASSERT_TRUE(file);
    const Result<Secret> read = file->read(4, soon());
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().message, path + ": larger than 4 bytes");
}

TEST(File, RefusesToBeOvertakenByAWriter) {
    const Workshop workshop;
    const std::string path = workshop.write("vault", "12345");
    Result<File> file = File::open(path);
    ASSERT_TRUE(file);
    workshop.write("vault", "123456");
    const Result<Secret> read = file->read(100, soon());
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().message, path + ": changed while it was read");
}

TEST(File, NamesThePathAndTheReason) {
    const Result<File> missing = File::open("/nonexistent/vault.yml");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().message, "/nonexistent/vault.yml: No such file or directory");
    EXPECT_EQ(missing.error().exit, Exit::credentials);
}

TEST(File, FindsTheDirectoryBehindALink) {
    const Workshop real;
    const Workshop other;
    const std::string target = real.write("vault", "x");
    ASSERT_EQ(symlink(target.c_str(), other.path("link").c_str()), 0);
    const Result<File> file = File::open(other.path("link"));
    ASSERT_TRUE(file);
    EXPECT_EQ(file->directory(), real.directory());
    EXPECT_EQ(directory_of("vault"), ".");
    EXPECT_EQ(directory_of("/vault"), "/");
    EXPECT_EQ(directory_of("a/b/vault"), "a/b");
}

TEST(Permissions, SayWhoCanRead) {
    EXPECT_TRUE(readable_by_others("f", status_with(S_IFREG | 0600)).empty());
    EXPECT_TRUE(readable_by_others("f", status_with(S_IFREG | 0640)).empty());
    EXPECT_EQ(readable_by_others("f", status_with(S_IFREG | 0604)).size(), 1u);
}

TEST(Permissions, SayWhoCanWrite) {
    const uid_t stranger = geteuid() + 1;
    const gid_t strangers = getegid() + 1;
    const auto warnings = [](const struct stat& status) {
        return changeable_by_others("f", status).size();
    };
    EXPECT_EQ(warnings(status_with(S_IFREG | 0600)), 0u);
    EXPECT_EQ(warnings(status_with(S_IFREG | 0660)), 0u) << "one's own group";
    EXPECT_EQ(warnings(status_with(S_IFREG | 0660, geteuid(), strangers)), 1u);
    EXPECT_EQ(warnings(status_with(S_IFREG | 0602)), 1u);
    EXPECT_EQ(warnings(status_with(S_IFREG | 0600, stranger)), 1u);
    EXPECT_EQ(warnings(status_with(S_IFREG | 0602, stranger)), 2u);
    EXPECT_EQ(warnings(status_with(S_IFDIR | 0777)), 1u);
    EXPECT_EQ(warnings(status_with(S_IFDIR | S_ISVTX | 0777, 0)), 0u) << "as /tmp";
    EXPECT_EQ(warnings(status_with(S_IFLNK | 0777)), 0u) << "a link has no mode";
    EXPECT_EQ(warnings(status_with(S_IFLNK | 0777, stranger)), 1u);
}

TEST(Permissions, EverythingOnTheWayToAFileCounts) {
    const Workshop real;
    const Workshop open;
    ASSERT_EQ(mkdir(real.path("a").c_str(), 0700), 0);
    ASSERT_EQ(mkdir(real.path("a/b").c_str(), 0700), 0);
    const std::string file = real.write("a/b/vault", "x");
    EXPECT_EQ(changeable_on_the_way(file), std::vector<std::string>{});
    EXPECT_EQ(changeable_on_the_way(real.path("a//./b/../b/vault")), std::vector<std::string>{});
    EXPECT_EQ(changeable_on_the_way(real.path("a/none/vault")), std::vector<std::string>{});

    ASSERT_EQ(chmod(real.path("a").c_str(), 0777), 0);
    const std::vector<std::string> finding{
        real.path("a") + ": other users can change it (chmod go-w makes it yours alone)"};
    EXPECT_EQ(changeable_on_the_way(file), finding);
    ASSERT_EQ(symlink(file.c_str(), open.path("to_file").c_str()), 0);
    ASSERT_EQ(symlink("to_file", open.path("to_link").c_str()), 0);
    EXPECT_EQ(changeable_on_the_way(open.path("to_link")), finding);
    const std::string before = std::filesystem::current_path();
    ASSERT_EQ(chdir(real.directory().c_str()), 0);
    EXPECT_EQ(changeable_on_the_way("a/b/vault"), finding);
    ASSERT_EQ(chdir(before.c_str()), 0);

    ASSERT_EQ(chmod(real.path("a").c_str(), 0700), 0);
    EXPECT_EQ(changeable_on_the_way(open.path("to_link")), std::vector<std::string>{});
    ASSERT_EQ(chmod(open.directory().c_str(), 0777), 0);
    EXPECT_EQ(changeable_on_the_way(open.path("to_link")).size(), 1u)
        << "whoever can exchange a link decides where it leads";
    ASSERT_EQ(chmod(open.directory().c_str(), 01777), 0);
    EXPECT_EQ(changeable_on_the_way(open.path("to_link")), std::vector<std::string>{});

    ASSERT_EQ(symlink("loop", real.path("loop").c_str()), 0);
    EXPECT_EQ(changeable_on_the_way(real.path("loop")).size(), 1u);
}

}  // namespace
}  // namespace proxmox::vault
