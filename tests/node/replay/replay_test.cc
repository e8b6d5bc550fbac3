// The stand-in's truth: a real node's recorded answers, compared with its own.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>
#include <set>

#include "node_process.h"
#include "player.h"
#include "scenarios.h"

namespace demo_node::replay {

namespace {

const std::map<std::string, Recording>* recordings() {
    static const auto loaded = load_recordings(recordings_directory());
    return loaded ? &*loaded : nullptr;
}

bool is_excused(const std::string& name) {
    for (const auto& [pattern, reason] : excuses()) {
        const bool open = pattern.ends_with('*');
        if (name == pattern || (open && name.starts_with(pattern.substr(0, pattern.size() - 1))))
            return true;
    }
    return false;
}

std::set<std::string> replayed_names() {
    std::set<std::string> names;
    for (const Scenario& scenario : scenarios())
        for (const std::string_view step : scenario.steps)
            if (step.find('/') == std::string_view::npos && step != "settle" &&
                !step.starts_with("pause "))
                names.emplace(step.substr(0, step.find(' ')));
    return names;
}

class Replay : public testing::TestWithParam<Scenario> {};

TEST_P(Replay, answers_as_recorded) {
    if (!recordings()) GTEST_SKIP() << "no recordings in " << recordings_directory();
    std::vector<std::string> options{"--node", "px-testing"};
    for (const std::string_view token :
         {"range42@pam!devkit={}", "range42_api@pam!r42_tok={}",
          "range42_api@pam!audit_tok={}:VM.Audit", "range42_api@pam!power_tok={}:VM.PowerMgmt"}) {
        options.emplace_back("--token");
        options.push_back(fmt::format(fmt::runtime(token), secret));
    }
    options.insert(options.end(), GetParam().options.begin(), GetParam().options.end());
    const NodeProcess node(options);
    ASSERT_NE(node.port(), 0) << "the node did not start";
    Player player(node.port(), *recordings());
    for (const std::string_view step : GetParam().steps)
        EXPECT_EQ(player.step(step), "") << "in step: " << step;
}

INSTANTIATE_TEST_SUITE_P(, Replay, testing::ValuesIn(scenarios()),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(Recordings, are_all_replayed_or_excused) {
    if (!recordings()) GTEST_SKIP() << "no recordings in " << recordings_directory();
    const std::set<std::string> replayed = replayed_names();
    std::size_t covered = 0;
    std::size_t excused = 0;
    for (const auto& [name, recording] : *recordings()) {
        covered += replayed.contains(name) ? 1 : 0;
        excused += is_excused(name) ? 1 : 0;
        EXPECT_NE(replayed.contains(name), is_excused(name))
            << name << " must be either replayed or excused";
    }
    std::cout << covered << " recordings replayed, " << excused << " out of scope\n";
}

}  // namespace

}  // namespace demo_node::replay
