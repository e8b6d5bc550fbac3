// Secrets: what the type forbids, and what guarded memory does.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "secret.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <ostream>
#include <string>
#include <utility>

#include "workshop.h"

namespace proxmox::vault {
namespace {

template <typename T>
concept Streamable = requires(std::ostream& stream, const T& value) {
    stream << value;
};

static_assert(!Streamable<Secret>);
static_assert(!fmt::is_formattable<Secret>::value);
static_assert(!std::is_convertible_v<Secret, std::string> &&
              !std::is_convertible_v<Secret, std::string_view> &&
              !std::is_convertible_v<Secret, bool>);
static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
static_assert(std::is_nothrow_move_constructible_v<Secret> &&
              std::is_nothrow_move_assignable_v<Secret>);

TEST(Secret, HoldsACopyOfTheBytes) {
    const Result<Secret> secret = Secret::copy_of(std::string_view("a\0b", 3));
    ASSERT_TRUE(secret);
    EXPECT_EQ(secret->reveal(), std::string_view("a\0b", 3));
    EXPECT_EQ(secret->size(), 3u);
}

TEST(Secret, ADefaultOneIsEmpty) {
    const Secret secret;
    EXPECT_TRUE(secret.empty());
    EXPECT_EQ(secret.reveal(), "");
}

TEST(Secret, MovingLeavesAnEmptyOne) {
    Secret first = *Secret::copy_of("first");
    const char* address = first.reveal().data();
    Secret second(std::move(first));
    EXPECT_TRUE(first.empty());
    EXPECT_EQ(first.reveal().data(), nullptr);
    EXPECT_EQ(second.reveal().data(), address);

    Secret third = *Secret::copy_of("third");
    third = std::move(second);
    EXPECT_TRUE(second.empty());
    EXPECT_EQ(third.reveal(), "first");
}

TEST(Secret, ComparesBytesAndLengths) {
    const Secret secret = *Secret::copy_of("secret");
    EXPECT_EQ(secret, *Secret::copy_of("secret"));
    EXPECT_FALSE(secret == *Secret::copy_of("secreT"));
    EXPECT_FALSE(secret == *Secret::copy_of("secret "));
    EXPECT_EQ(Secret(), *Secret::copy_of(""));
}

TEST(Secret, TakesWhatTheFillerUsed) {
    const Result<Secret> secret =
        Secret::filled(16, [](std::span<char> bytes) -> Result<std::size_t> {
            EXPECT_EQ(bytes.size(), 16u);
            bytes[0] = 'x';
            return 1;
        });
    ASSERT_TRUE(secret);
    EXPECT_EQ(secret->reveal(), "x");
}

TEST(Secret, GivesBackTheFillersFailure) {
    const Result<Secret> secret = Secret::filled(16, [](std::span<char>) -> Result<std::size_t> {
        return fail(Exit::credentials, "no luck");
    });
    ASSERT_FALSE(secret);
    EXPECT_EQ(secret.error().message, "no luck");
}

TEST(Secret, AnImpossibleSizeIsAnError) {
    const Result<Secret> secret =
        Secret::filled(SIZE_MAX / 2, [](std::span<char>) -> Result<std::size_t> { return 0; });
    ASSERT_FALSE(secret);
    EXPECT_EQ(secret.error().exit, Exit::credentials);
    EXPECT_EQ(secret.error().message, "locked memory: Cannot allocate memory");
}

/// The flags and permissions of the mapping that holds `address`, from /proc/self/smaps.
std::pair<std::string, std::string> mapping_of(const void* address) {
    std::ifstream maps("/proc/self/smaps");
    const auto wanted = reinterpret_cast<std::uintptr_t>(address);
    std::string permissions;
    for (std::string line; std::getline(maps, line);) {
        std::uintptr_t start = 0;
        std::uintptr_t end = 0;
        char mode[5] = {};
        if (std::sscanf(line.c_str(), "%lx-%lx %4s", &start, &end, mode) == 3)
            permissions = wanted >= start && wanted < end ? mode : "";
        if (!permissions.empty() && line.starts_with("VmFlags:")) return {permissions, line};
    }
    return {};
}

TEST(Secret, LiesInReadOnlyLockedMemoryThatIsNotDumped) {
    if (!test::memory_is_ours) GTEST_SKIP() << "under AddressSanitizer";
    const Secret secret = *Secret::copy_of("secret");
    const auto [permissions, flags] = mapping_of(secret.reveal().data());
    EXPECT_EQ(permissions, "r--p");
    EXPECT_EQ(flags.find(" lo") != flags.npos, test::can_lock_memory()) << flags;
    EXPECT_NE(flags.find(" dd"), flags.npos) << flags;
}

TEST(SecretDeathTest, AStrayWriteStopsTheProcess) {
    const Secret secret = *Secret::copy_of("secret");
    EXPECT_DEATH(*const_cast<char*>(secret.reveal().data()) = 'x', "");
}

}  // namespace
}  // namespace proxmox::vault
