// A world that is not as it should be: names, clocks, limits, environment.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/resource.h>

#include "black_hole.h"
#include "world.h"

namespace faults {
namespace {

void check_names(const Subject& subject, const char* names) {
    const World world(subject);
    ASSERT_TRUE(world.node.is_up());
    world.call_node("nowhere.invalid");
    Setting setting = world.setting();
    setting.environment = {preloaded(), fmt::format("ODD_NAMES={}", names)};
    const faults::Run run = world.run(setting);
    EXPECT_EQ(run.exit_code(), exit_unreachable) << run.traces;
    EXPECT_EQ(lines_traced(run), subject.takes_lines() ? static_cast<std::size_t>(lines) : 0)
        << run.traces;
    EXPECT_NE(run.traces.find("cannot reach https://nowhere.invalid"), std::string::npos);
    EXPECT_EQ(seen_requests(world.place).size(), 0u);
}

void check_broken_v6(const Subject& subject) {
    const World world(subject);
    ASSERT_TRUE(world.node.is_up());
    const BlackHole hole(world.node.port(), true);
    if (!hole.is_deaf()) GTEST_SKIP() << "there is no ::1";
    world.call_node("localhost");
    Setting setting = world.setting();
    setting.environment = {preloaded(), "ODD_NAMES=two"};
    expect_done(world, world.run(setting));
}

void check_clock(const Subject& subject) {
    const World world(subject);
    ASSERT_TRUE(world.node.is_up());
    Setting setting = world.setting();
    setting.environment = {preloaded(), "ODD_CLOCK=1"};
    expect_done(world, world.run(setting));
}

void check_environment(const Subject& subject, const std::vector<std::string>& words) {
    const World world(subject);
    ASSERT_TRUE(world.node.is_up());
    Setting setting = world.setting();
    setting.environment = words;
    expect_done(world, world.run(setting));
}

/// A limit may end the run, in words, but never with a false success or a second change.
void check_limit(const Subject& subject, int resource, std::size_t value) {
    const World world(subject);
    ASSERT_TRUE(world.node.is_up());
    Setting setting = world.setting();
    setting.limits = {{resource, value}};
    const faults::Run run = world.run(setting);
    EXPECT_FALSE(run.died_of_signal()) << value << ' ' << run.status;
    EXPECT_LE(count_changes(world.place, subject), lines) << value;
    if (run.exit_code() == 0)
        expect_done(world, run);
    else
        EXPECT_NE(run.traces, "") << value;
}

}  // namespace

static void enroll_world(const Subject& subject) {
    const auto add = [&subject](const std::string& name, auto check, auto... values) {
        enroll(subject, name, [=, &subject] { check(subject, values...); });
    };
    add("row_03_unknown_name", check_names, "none");
    add("row_03_resolver_that_hangs", check_names, "slow");
    add("row_04_broken_v6", check_broken_v6);
    add("row_65_clock_jumps", check_clock);
    for (const std::size_t descriptors : {3, 4, 5, 6, 7, 8, 9, 10, 12, 16})
        add(fmt::format("row_66_descriptors_{:02}", descriptors), check_limit,
            static_cast<int>(RLIMIT_NOFILE), descriptors);
    for (const std::size_t mebibytes : {8, 16, 24, 32, 48, 64})
        add(fmt::format("row_66_address_space_{:02}_mib", mebibytes), check_limit,
            static_cast<int>(RLIMIT_AS), mebibytes << 20);
    add("row_67_nothing_else_set", check_environment,
        std::vector<std::string>{"PATH", "LC_ALL", "HOME"});
    add("row_67_nonsense", check_environment,
        std::vector<std::string>{"PATH=", "LC_ALL=xx_YY.nonsense", "LC_NUMERIC=de_DE.UTF-8",
                                 "HOME=relative/path", "TMPDIR=/nonexistent", "COLUMNS=-7x",
                                 "TERM=\x1b[2J", "TZ=:/nowhere", "XDG_CONFIG_HOME=also/relative"});
    add("row_67_home_unwritable", check_environment,
        std::vector<std::string>{"HOME=/proc/nowhere", "MALLOC_ARENA_MAX=x", "POSIXLY_CORRECT=1"});
}

}  // namespace faults

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    for (const faults::Subject* subject : faults::single_subjects()) faults::enroll_world(*subject);
    return RUN_ALL_TESTS();
}
