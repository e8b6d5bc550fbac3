// The judge: whether what a line says of its change is what the node knows of it.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "world.h"

namespace lost_replies {

/// How the lines of one tool have ended of which a reply was lost, and what was wrong with any.
struct Count {
    long lost = 0;
    /// Told as done: by a task of its own, or by another's, where only the state counts.
    long done = 0, done_by_other = 0;
    /// Told as unknown, and as failed, by whether it ran.
    long unknown_ran = 0, unknown_not_run = 0;
    long failed_ran = 0, failed_not_run = 0;
    /// What must never be.
    long adopted = 0, doubled = 0, without_effect = 0;

    bool is_clean() const { return adopted + doubled + without_effect == 0; }
    Count& operator+=(const Count& other);
};

struct Table {
    std::map<std::string_view, Count> of_tool{};
    /// What was wrong, in words, with the number of the world.
    std::string findings{};

    Count total() const;
    std::string text() const;
};

/// Counts the lines of a world in which nothing happens any more.
void judge(const World& world, std::uint64_t seed, Table& table);

}  // namespace lost_replies
