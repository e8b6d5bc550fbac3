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
#include <vector>

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

class SecretOfSize : public testing::TestWithParam<std::size_t> {};

// One page and several, a cell of the region and memory of its own.
INSTANTIATE_TEST_SUITE_P(Sizes, SecretOfSize, testing::Values(1, 6, 4095, 4096, 4097, 200'000));

TEST_P(SecretOfSize, LiesInReadOnlyLockedMemoryThatIsNotDumped) {
    if (!test::memory_is_ours()) GTEST_SKIP() << "under AddressSanitizer";
    Secret secret = *Secret::copy_of(std::string(GetParam(), 's'));
    secret.seal();
    const auto [permissions, flags] = mapping_of(secret.reveal().data());
    EXPECT_EQ(permissions, "r--p");
    EXPECT_EQ(flags.find(" lo") != flags.npos, test::can_lock_memory()) << flags;
    EXPECT_NE(flags.find(" dd"), flags.npos) << flags;
}

TEST_P(SecretOfSize, AStrayWriteStopsTheProcess) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    Secret secret = *Secret::copy_of(std::string(GetParam(), 's'));
    secret.seal();
    EXPECT_DEATH(*const_cast<char*>(secret.reveal().data()) = 'x', "");
}

TEST_P(SecretOfSize, TheFirstByteTooManyStopsTheProcess) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const Secret secret = *Secret::copy_of(std::string(GetParam(), 's'));
    // A second one, so that what follows the first is not merely the end of all.
    const Secret next = *Secret::copy_of("next");
    EXPECT_DEATH(*const_cast<char*>(secret.reveal().data() + GetParam()) = 'x', "");
}

TEST_P(SecretOfSize, AByteWrittenInFrontStopsTheProcessAtTheEnd) {
    if (!test::memory_is_ours()) GTEST_SKIP() << "under AddressSanitizer";
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_DEATH(
        {
            const Secret before = *Secret::copy_of("before");
            const Secret secret = *Secret::copy_of(std::string(GetParam(), 's'));
            const_cast<char*>(secret.reveal().data())[-1] ^= 1;
        },
        "");
}

TEST(Secret, MoreThanTheRegionHoldsAreAsWellGuarded) {
    if (!test::memory_is_ours()) GTEST_SKIP() << "under AddressSanitizer";
    std::vector<Secret> secrets;
    for (int at = 0; at < 20; ++at)
        secrets.push_back(*Secret::copy_of("secret " + std::to_string(at)));
    for (int at = 0; at < 20; ++at) {
        EXPECT_EQ(secrets[static_cast<std::size_t>(at)].reveal(), "secret " + std::to_string(at));
        const auto [permissions, flags] =
            mapping_of(secrets[static_cast<std::size_t>(at)].reveal().data());
        EXPECT_EQ(permissions, "rw-p");
        EXPECT_EQ(flags.find(" lo") != flags.npos, test::can_lock_memory()) << flags;
    }
}

}  // namespace
}  // namespace proxmox::vault
