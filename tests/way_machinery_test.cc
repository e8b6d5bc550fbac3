// The machinery of ways: values, failures that end one way after the other, and what is cleaned up.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <string>

#include "way/stand.h"
#include "way/way.h"

namespace proxmox {
namespace {

/// Writes down when it ends.
struct Witness {
    std::string& book;
    std::string name;
    ~Witness() { book += name + ' '; }
};

Way<int> inner(std::string& book, bool fails) {
    const Witness witness{book, "inner"};
    Failure failed{.phrase = "no"};
    if (fails) co_await std::unexpected(std::move(failed));
    book += "went-on ";
    co_return 4;
}

Way<int> middle(std::string& book, bool fails) {
    const Witness witness{book, "middle"};
    const int value = co_await inner(book, fails);
    book += "middle-went-on ";
    co_return value + 1;
}

Way<std::string> outer(std::string& book, bool fails) {
    const Reached<int> reached = co_await middle(book, fails).tried();
    co_return reached ? std::to_string(*reached) : "seen: " + reached.error().phrase;
}

TEST(Way, GivesValuesFromTheInnermostToTheOutermost) {
    std::string book;
    Way<std::string> way = outer(book, false);
    EXPECT_EQ(book, "") << "a way begins when it is awaited";
    way.begin();
    ASSERT_TRUE(way.is_over());
    EXPECT_EQ(way.take().value_or("-"), "5");
    EXPECT_EQ(book, "went-on inner middle-went-on middle ");
}

TEST(Way, AFailureEndsEveryWayUntilOneWantsToSeeIt) {
    std::string book;
    Way<std::string> way = outer(book, true);
    way.begin();
    ASSERT_TRUE(way.is_over());
    EXPECT_EQ(way.take().value_or("-"), "seen: no");
    EXPECT_EQ(book, "inner middle ") << "what they held is given back, and nothing went on";
}

TEST(Way, AFailureThatNobodyWantsToSeeIsTheEndOfTheOutermost) {
    std::string book;
    Way<int> way = middle(book, true);
    way.begin();
    ASSERT_TRUE(way.is_over());
    const auto reached = way.take();
    ASSERT_FALSE(reached);
    EXPECT_EQ(reached.error().phrase, "no");
}

Way<void> waits_twice(Stand& stand, std::string& book) {
    const Witness witness{book, "waiting"};
    const Sleep first{milliseconds{1}};
    const Sleep second{milliseconds{2}};
    co_await stand.told<void>(first);
    book += "woken ";
    co_await stand.told<void>(second);
}

TEST(Way, OneThatStillWaitsIsCleanedUpWhereItStands) {
    std::string book;
    Stand stand;
    {
        Way<void> way = waits_twice(stand, book);
        way.begin();
        EXPECT_EQ(std::get<Sleep>(stand.take_want()).until, milliseconds{1});
        stand.go_on({});
        EXPECT_EQ(std::get<Sleep>(stand.take_want()).until, milliseconds{2});
        EXPECT_FALSE(way.is_over());
    }
    EXPECT_EQ(book, "woken waiting ");
}

}  // namespace
}  // namespace proxmox
