// Servers that do not answer as they should: unreachable, silent, or in another framing.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "black_hole.h"
#include "cases.h"
#include "held_port.h"

namespace faults {
namespace {

constexpr int lines = 8;
constexpr int limit_s = 60;

/// Nothing was sent, each line is told once, and the address is named.
void check_unreachable(const Place& place, const Subject& subject, const std::string& why) {
    const faults::Run run = run_tool(place, call_of(subject, lines), limit_s);
    EXPECT_EQ(run.exit_code(), exit_unreachable) << run.traces;
    EXPECT_EQ(run.output, "");
    EXPECT_EQ(lines_traced(run), subject.takes_lines() ? static_cast<std::size_t>(lines) : 0)
        << run.traces;
    EXPECT_NE(run.traces.find("cannot reach https://127.0.0.1:"), std::string::npos) << run.traces;
    EXPECT_NE(run.traces.find(why), std::string::npos) << run.traces;
    EXPECT_EQ(seen_requests(place).size(), 0u);
}

void check_refused(const Subject& subject) {
    const Place place;
    Node node(place, subject.node_options(lines));
    ASSERT_TRUE(node.is_up());
    node.stop();
    const HeldPort port(node.port());
    ASSERT_TRUE(port.is_held());
    check_unreachable(place, subject, "Connection refused");
}

void check_black_hole(const Subject& subject) {
    const Place place;
    Node node(place, subject.node_options(lines));
    ASSERT_TRUE(node.is_up());
    node.stop();
    const BlackHole hole(node.port());
    ASSERT_TRUE(hole.is_deaf());
    check_unreachable(place, subject, "Connection timed out");
}

void check_silent(const Subject& subject) {
    const Place place;
    auto options = subject.node_options(lines);
    options.insert(options.end(), {"--fault", "mute"});
    const Node node(place, options);
    ASSERT_TRUE(node.is_up());
    check_unreachable(place, subject, "Connection timed out");
}

/// However the answers are framed, the work is done once and the lines are the same.
void check_framing(const Subject& subject, const std::string& fault) {
    const Place place;
    auto options = subject.node_options(lines);
    options.insert(options.end(), {"--fault", fault});
    const Node node(place, options);
    ASSERT_TRUE(node.is_up());
    const faults::Run run = run_tool(place, call_of(subject, lines), limit_s);
    EXPECT_EQ(run.exit_code(), 0) << run.traces;
    EXPECT_GE(lines_of(run.output).size(), subject.fewest_lines(lines)) << run.output;
    EXPECT_EQ(lines_traced(run), 0u) << run.traces;
    EXPECT_EQ(count_changes(place, subject), subject.changes_for(lines));
}

/// What was never asked for is not decoded: a change is found by its task, a program in a guest has
/// none and stays unknown, a read fails aloud.
void check_compressed(const Subject& subject) {
    const Place place;
    auto options = subject.node_options(lines);
    std::string where = " method=GET";
    if (subject.changes()) where = subject.where_any_act();
    // What sets a state is asked for again; lines that wait for one another would all be struck.
    const long struck = subject.is_serial ? 1 : subject.changes_for(lines);
    if (subject.sets_state()) where += fmt::format(" nth=1-{}", struck);
    options.insert(options.end(), {"--fault", "framing=gzip" + where});
    const Node node(place, options);
    ASSERT_TRUE(node.is_up());
    const faults::Run run = run_tool(place, call_of(subject, lines), limit_s);
    int exit = exit_unreachable;
    if (subject.changes()) exit = subject.on_agent ? exit_outcome_unknown : 0;
    EXPECT_EQ(run.exit_code(), exit) << run.traces;
    const long again = subject.sets_state() ? struck : 0;
    EXPECT_EQ(count_changes(place, subject), subject.changes_for(lines) + again);
    EXPECT_EQ(run.output.empty(), exit != 0);
    EXPECT_TRUE(is_harmless(run.traces)) << run.traces;
}

}  // namespace

static void enroll_all_of(const Subject& subject) {
    enroll(subject, "row_01_connection_refused", [&subject] { check_refused(subject); });
    enroll(subject, "row_02_no_answer_to_syn", [&subject] { check_black_hole(subject); });
    enroll(subject, "row_12_silent_after_accept", [&subject] { check_silent(subject); });
    for (const char* framing : {"chunked", "close", "continue", "early", "trailers"})
        enroll(subject, fmt::format("row_23_framing_{}", framing),
               [&subject, framing] { check_framing(subject, fmt::format("framing={}", framing)); });
    enroll(subject, "row_23_compressed_unasked", [&subject] { check_compressed(subject); });
    enroll(subject, "row_11_byte_by_byte", [&subject] { check_framing(subject, "split"); });
}

}  // namespace faults

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    for (const faults::Subject* subject : faults::single_subjects())
        faults::enroll_all_of(*subject);
    return RUN_ALL_TESTS();
}
