// Lost replies by the thousand: clients with one token, one node, a network that loses, no sockets.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <vector>

#include "client.h"
#include "judge.h"

namespace lost_replies {
namespace {

constexpr int runs_of_client = 8;
constexpr int most_clients = 3;
constexpr int alone_percent = 20;
constexpr Time fashion_lasts{8'000};

long& wanted() {
    static long replies = 2'000;
    return replies;
}

std::uint64_t& first_seed() {
    static std::uint64_t seed = 1;
    return seed;
}

/// Lets some clients work side by side until all have ended, and judges their lines.
void play(std::uint64_t seed, Table& table) {
    constexpr Time fashions_end{600'000};
    World world(seed);
    Fashion fashion;
    fashion.change(world.dice);
    for (Time when = fashion_lasts; when < fashions_end; when += fashion_lasts)
        world.at(when, [&] { fashion.change(world.dice); });
    const long count = chance(world.dice, alone_percent) ? 1 : between(world.dice, 2, most_clients);
    std::vector<std::unique_ptr<Client>> clients;
    for (int number = 0; number < count; ++number)
        clients.push_back(std::make_unique<Client>(world, fashion, number, runs_of_client));
    world.run();
    for (const Line& line : world.ledger.lines) ASSERT_TRUE(line.ending) << line.subject->name();
    judge(world, seed, table);
}

TEST(lost_replies, node_and_lines_agree) {
    Table table;
    std::uint64_t seed = first_seed();
    for (; table.total().lost < wanted(); ++seed) ASSERT_NO_FATAL_FAILURE(play(seed, table));
    const Count total = table.total();
    EXPECT_EQ(total.adopted, 0);
    EXPECT_EQ(total.doubled, 0);
    EXPECT_EQ(total.without_effect, 0);
    EXPECT_GT(total.done, 0) << "nothing that was lost was found again";
    EXPECT_GT(total.unknown_not_run, 0) << "the faults did not strike";
    fmt::print("{}", table.text());
    fmt::print("{} replies lost in {} worlds\n", total.lost, seed - first_seed());
    if (!total.is_clean()) fmt::print("{}", table.findings);
}

}  // namespace
}  // namespace lost_replies

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    if (argc > 1) lost_replies::wanted() = std::atol(argv[1]);
    if (argc > 2) lost_replies::first_seed() = std::strtoull(argv[2], nullptr, 10);
    return RUN_ALL_TESTS();
}
