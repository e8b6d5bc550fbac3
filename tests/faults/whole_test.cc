// Faults that strike a whole run: no connection, no credentials, unusable lines, lost descriptors.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: what holds of a batch as a whole, for every tool.
#include <fmt/format.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>

#include "cases.h"

namespace faults {
namespace {

constexpr int lines = 12;
constexpr int limit_s = 60;
constexpr int jobs_by_default = 4;
constexpr int connect_tries = 3;

struct WholeRow {
    int number;
    const char* name;
    const char* fault;
    int exit;
};

Setting call_with(const Subject& subject, const std::string& input) {
    Setting setting = call_of(subject, 0);
    setting.input = input;
    return setting;
}

constexpr WholeRow whole_rows[] = {
    {6, "closed_after_accept", "refuse", 6},
    {5, "plain_instead_of_tls", "plain", 6},
    {5, "closed_in_handshake", "tls-cut", 6},
    {13, "unauthorized", "status=401:Authentication%20failed! instead", 4},
    {22, "redirect", "redirect=https://127.0.0.1:1/ instead", 6},
};

const char* const bad_lines[] = {
    "hello",
    "99",
    "-100",
    "+100",
    "0",
    "1e2x",
    "0x64",
    "100.5",
    "1000000000",
    "99999999999999999999999999999999",
    "100 101",
    "100,101",
    "100;reboot",
    "100/../101",
    "..",
    "%31%30%30",
    "{\"vm_id\":100,\"vm_id\":101}",
    "{\"vm_id\":100}{\"vm_id\":101}",
    "{\"vm_id\":[100]}",
    "{\"vm_id\":{\"a\":100}}",
    "{\"vm_id\":true}",
    "{\"vm_id\":null}",
    "{}",
    "[100]",
    "\"100\"x",
    "{\"vm_id\":0100}",
    "{\"vm_id\":100",
    "{\"vm_id\":100,}",
    "{'vm_id':100}",
    "{\"vm_id\":\"100/..\"}",
    "{\"vm_id\":100,\"proxmox_node\":\"../x\"}",
    "{\"vm_id\":100,\"proxmox_node\":\"a b\"}",
    "{\"vm_id\":99}",
    "{\"vm_id\":-100}",
    "{\"vm_id\":100.5}",
    "{\"vm_id\":1e400}",
    "\xff\xfe",
    "{\"vm_id\":\"\xff\"}",
    "\x1b]0;owned\x07",
    "nan",
};

void check_whole(const Subject& subject, const WholeRow& row) {
    const Place place;
    auto options = subject.node_options(lines);
    options.insert(options.end(), {"--fault", row.fault});
    const Node node(place, options);
    ASSERT_TRUE(node.is_up());
    const faults::Run run = run_tool(place, call_of(subject, lines), limit_s);
    EXPECT_EQ(run.exit_code(), row.exit) << run.traces;
    EXPECT_EQ(run.output, "");
    EXPECT_EQ(lines_traced(run), subject.takes_lines() ? static_cast<std::size_t>(lines) : 0)
        << run.traces;
    EXPECT_NE(run.traces, "");
    EXPECT_LE(seen_requests(place).size(),
              static_cast<std::size_t>(jobs_by_default * connect_tries));
    EXPECT_TRUE(is_harmless(run.traces)) << run.traces;
}

/// All bad lines in one run: what each of them may do is to be traced, once.
void check_bad_lines(const Subject& subject, faults::Run& run) {
    const Place place;
    const Node node(place, subject.node_options(lines));
    ASSERT_TRUE(node.is_up());
    std::string input;
    for (const char* line : bad_lines) input += std::string(line) + '\n';
    run = run_tool(place, call_with(subject, input), limit_s);
    EXPECT_EQ(run.exit_code(), 1) << run.traces;
    EXPECT_EQ(run.output, "");
    EXPECT_EQ(lines_traced(run), std::size(bad_lines)) << run.traces;
    EXPECT_EQ(seen_requests(place).size(), 0u);
    EXPECT_TRUE(is_harmless(run.traces)) << run.traces;
}

void check_bad_line(const faults::Run& run, int number) {
    const std::string place = fmt::format("(line {}:", number);
    const std::size_t at = run.traces.find(place);
    ASSERT_NE(at, std::string::npos) << run.traces;
    EXPECT_EQ(run.traces.find(place, at + 1), std::string::npos) << run.traces;
}

void check_huge_reply(const Subject& subject) {
    const Place place;
    auto options = subject.node_options(lines);
    options.insert(options.end(), {"--fault", "huge=33" + subject.where_act(first_vm_id)});
    const Node node(place, options);
    ASSERT_TRUE(node.is_up());
    const faults::Run run = run_tool(place, call_of(subject, 1), limit_s);
    EXPECT_EQ(count_changes(place, subject), 1);
    // Where the node is still busy sending, its task cannot be looked for.
    EXPECT_TRUE(run.exit_code() == 0 || run.exit_code() == 3) << run.traces;
    EXPECT_EQ(run.output.empty(), run.exit_code() != 0) << run.traces;
}

void check_descriptors(const Subject& subject, const std::string& closed) {
    const Place place;
    const Node node(place, subject.node_options(lines));
    ASSERT_TRUE(node.is_up());
    Setting setting = call_of(subject, 1);
    setting.closed = closed;
    const faults::Run run = run_tool(place, setting, limit_s);
    const bool has_output = closed.find('1') == std::string::npos;
    const bool has_input = closed.find('0') == std::string::npos || !subject.takes_lines();
    EXPECT_EQ(run.exit_code(), has_output ? 0 : 74) << run.traces;
    EXPECT_EQ(run.output.empty(), !has_output || !has_input) << run.output;
    const bool may_change = has_output && has_input && subject.changes();
    EXPECT_EQ(count_changes(place, subject), may_change ? 1 : 0) << closed;
}

void check_full_output(const Subject& subject) {
    const Place place;
    const Node node(place, subject.node_options(lines));
    ASSERT_TRUE(node.is_up());
    Setting setting = call_of(subject, lines);
    setting.output_path = "/dev/full";
    const faults::Run run = run_tool(place, setting, limit_s);
    EXPECT_EQ(run.exit_code(), 74) << run.traces;
    EXPECT_LE(count_changes(place, subject), 2 * jobs_by_default);
    std::size_t told = 0;
    for (const std::string& trace : lines_of(run.traces))
        told += trace.find("not written: ") != std::string::npos ? 1 : 0;
    const auto changes = static_cast<std::size_t>(count_changes(place, subject));
    // What is tidied away in a guest goes by the same call as what is done there.
    EXPECT_TRUE(told == changes || !subject.changes() || (subject.on_agent && told < changes))
        << run.traces;
    // Each line is told of, whatever became of it.
    EXPECT_EQ(told + lines_traced(run), subject.takes_lines() ? lines : changes) << run.traces;
}

void check_input(const Subject& subject, const std::string& path, int exit) {
    const Place place;
    const Node node(place, subject.node_options(lines));
    ASSERT_TRUE(node.is_up());
    Setting setting = call_of(subject, 0);
    setting.input_path = path;
    const faults::Run run = run_tool(place, setting, limit_s);
    EXPECT_EQ(run.exit_code(), exit) << run.traces;
    EXPECT_EQ(run.output, "");
    EXPECT_EQ(seen_requests(place).size(), 0u);
}

TEST(Place, FailsWhereATokenWasLeftInIt) {
    EXPECT_NONFATAL_FAILURE(
        {
            const Place place;
            std::ofstream(place.path("left")) << "token=" << canary();
        },
        "/left");
}

/// Who made the lines was cut off within the second: what there is of it is no line.
void check_cut_input(const Subject& subject, int tenths) {
    const Place place;
    const Node node(place, subject.node_options(lines));
    ASSERT_TRUE(node.is_up());
    const std::string first = lines_for(subject, 1);
    const std::string both = lines_for(subject, 2);
    const auto size = static_cast<int>(both.size() - first.size()) - 1;
    const std::string input =
        both.substr(0, first.size() + static_cast<std::size_t>(size * tenths / 10));
    const faults::Run run = run_tool(place, call_with(subject, input), limit_s);
    const std::size_t whole = tenths == 10 ? 2 : 1;
    const std::size_t parts = tenths > 0 && tenths < 10 ? 1 : 0;
    EXPECT_EQ(run.exit_code(), parts) << run.traces;
    EXPECT_EQ(lines_traced(run), parts) << run.traces;
    EXPECT_EQ(count_changes(place, subject), subject.changes() ? static_cast<long>(whole) : 0);
    EXPECT_GE(lines_of(run.output).size(), whole) << run.output;
}

}  // namespace

static void enroll_input_of(const Subject& subject) {
    for (const int tenths : {0, 1, 3, 5, 7, 9, 10})
        enroll(subject, fmt::format("row_42_input_cut_at_{:02}_tenths", tenths),
               [&subject, tenths] { check_cut_input(subject, tenths); });
    enroll(subject, "row_40_empty_input", [&subject] { check_input(subject, "/dev/null", 0); });
    enroll(subject, "row_51_input_is_a_directory", [&subject] { check_input(subject, "/", 1); });
    if (subject.takes_names) return;
    const auto bad = std::make_shared<faults::Run>();
    enroll(subject, "row_47_bad_lines", [&subject, bad] { check_bad_lines(subject, *bad); });
    for (int number = 1; number <= static_cast<int>(std::size(bad_lines)); ++number)
        enroll(subject, fmt::format("row_47_bad_line_{:02}", number),
               [bad, number] { check_bad_line(*bad, number); });
}

static void enroll_all_of(const Subject& subject) {
    for (const WholeRow& row : whole_rows)
        enroll(subject, fmt::format("row_{:02}_{}", row.number, row.name),
               [&subject, &row] { check_whole(subject, row); });
    for (const char* closed : {"", "0", "1", "2", "01", "02", "12", "012"})
        enroll(subject, fmt::format("row_55_closed_descriptors_{}", *closed == 0 ? "none" : closed),
               [&subject, closed] { check_descriptors(subject, closed); });
    enroll(subject, "row_53_full_output", [&subject] { check_full_output(subject); });
    if (subject.takes_lines()) enroll_input_of(subject);
    if (subject.program == "proxmox_vm.start")
        enroll(subject, "row_24_huge_reply", [&subject] { check_huge_reply(subject); });
}

}  // namespace faults

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    for (const faults::Subject* subject : faults::single_subjects())
        faults::enroll_all_of(*subject);
    return RUN_ALL_TESTS();
}
