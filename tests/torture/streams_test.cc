// Streams at their limits: lines without end, a million lines, readers that are slow or take bytes.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "world.h"

namespace faults {
namespace {

using namespace std::chrono_literals;

constexpr long peak_limit_kib = 100L << 10;

void check_endless_line(const Subject& subject, off_t size) {
    const World world(subject);
    ASSERT_TRUE(world.node.is_up());
    Setting setting = world.setting();
    setting.input_path = world.place.path("endless");
    // The good lines stand behind it.
    std::ofstream(setting.input_path).close();
    ASSERT_EQ(truncate(setting.input_path.c_str(), size), 0);
    std::ofstream(setting.input_path, std::ios::app) << '\n' << setting.input;
    const faults::Run run = world.run(setting);
    EXPECT_EQ(run.exit_code(), 1) << run.traces;
    EXPECT_EQ(lines_traced(run), 1u) << run.traces;
    EXPECT_NE(run.traces.find("(line 1:"), std::string::npos) << run.traces;
    EXPECT_GE(lines_of(run.output).size(), static_cast<std::size_t>(lines));
    EXPECT_EQ(count_changes(world.place, subject), subject.changes_for(lines));
    EXPECT_LT(run.peak_kib, peak_limit_kib);
    // It is ours, and too long a line to be searched.
    std::filesystem::remove(setting.input_path);
}

void check_million_lines(const Subject& subject) {
    constexpr std::size_t count = 1'000'000;
    constexpr long flat_kib = 40L << 10;
    const World world(subject);
    ASSERT_TRUE(world.node.is_up());
    Setting setting = world.setting();
    setting.input.clear();
    for (std::size_t line = 0; line < count; ++line) setting.input += "x\n";
    const faults::Run run = world.run(setting);
    EXPECT_EQ(run.exit_code(), 1);
    EXPECT_EQ(run.output, "");
    std::size_t number = 0;
    for (const std::string& trace : lines_of(run.traces))
        number += trace.find(fmt::format("(line {}:", number + 1)) != std::string::npos ? 1 : 0;
    EXPECT_EQ(number, count) << "each line is told once, in order";
    EXPECT_EQ(seen_requests(world.place).size(), 0u);
    EXPECT_LT(run.peak_kib, flat_kib);
}

/// A reader at the other end of a FIFO; what it reads comes out byte for byte.
faults::Run run_to_reader(const World& world, Setting setting, std::size_t piece,
                          std::chrono::milliseconds before_the_first) {
    setting.output_path = world.place.path("fifo");
    EXPECT_EQ(mkfifo(setting.output_path.c_str(), 0600), 0);
    std::string read_text;
    // Open before the tool is, so that it need not wait for a reader.
    const int descriptor = open(setting.output_path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    fcntl(descriptor, F_SETFL, 0);
    const int writer = open(setting.output_path.c_str(), O_WRONLY | O_CLOEXEC);
    std::thread reader([&] {
        std::this_thread::sleep_for(before_the_first);
        std::string buffer(piece, '\0');
        for (ssize_t size = 1; size > 0;) {
            size = read(descriptor, buffer.data(), buffer.size());
            if (size > 0) read_text.append(buffer, 0, static_cast<std::size_t>(size));
        }
    });
    faults::Run run = world.run(setting);
    close(writer);
    reader.join();
    close(descriptor);
    run.output = read_text;
    std::ofstream(world.place.path("read")) << read_text;
    return run;
}

void check_pieces(const Subject& subject, bool is_nonblocking) {
    const World world(subject);
    ASSERT_TRUE(world.node.is_up());
    const std::string whole = world.run(world.setting()).output;
    const World again(subject);
    Setting setting = again.setting();
    setting.environment = {preloaded(), "ODD_WRITES=1"};
    if (is_nonblocking) setting.output_flags = O_NONBLOCK;
    const faults::Run run = run_to_reader(again, setting, 7, 50ms);
    expect_done(again, run);
    EXPECT_EQ(lines_of(run.output).size(), lines_of(whole).size());
    for (const std::string& line : lines_of(run.output))
        EXPECT_TRUE(line.starts_with("{\"action\"") && line.ends_with('}')) << line;
}

/// The reader sleeps longer than any line may wait; that is nobody's failure.
void check_slow_reader(const Subject& subject, bool is_nonblocking) {
    constexpr int many = 600;  // more bytes than a pipe holds
    const World world(subject, many);
    ASSERT_TRUE(world.node.is_up());
    Setting setting{.program = std::string(subject.program),
                    .arguments = {"--timeout", "1", "--jobs", "16"},
                    .input = lines_for(subject, many)};
    if (is_nonblocking) setting.output_flags = O_NONBLOCK;
    const faults::Run run = run_to_reader(world, setting, 4'096, 6s);
    EXPECT_EQ(run.exit_code(), 0) << run.traces;
    EXPECT_EQ(run.traces, "");
    EXPECT_EQ(lines_of(run.output).size(), static_cast<std::size_t>(many));
    EXPECT_EQ(count_changes(world.place, subject), many);
}

}  // namespace

static void enroll_streams(const Subject& subject) {
    const auto add = [&subject](const std::string& name, auto check, auto... values) {
        enroll(subject, name, [=, &subject] { check(subject, values...); });
    };
    if (subject.takes_lines()) add("row_45_endless_line", check_endless_line, off_t{32} << 20);
    add("row_56_pieces", check_pieces, false);
    add("row_56_pieces_nonblocking", check_pieces, true);
}

static void enroll_single_ones(const Subject& subject) {
    enroll(subject, "row_45_endless_line_1_gib",
           [&subject] { check_endless_line(subject, off_t{1} << 30); });
    enroll(subject, "row_46_million_lines", [&subject] { check_million_lines(subject); });
    enroll(subject, "row_57_slow_reader", [&subject] { check_slow_reader(subject, false); });
    enroll(subject, "row_57_slow_reader_nonblocking",
           [&subject] { check_slow_reader(subject, true); });
}

}  // namespace faults

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    for (const faults::Subject* subject : faults::single_subjects()) {
        faults::enroll_streams(*subject);
        if (subject->program == "proxmox_vm.stop_force") faults::enroll_single_ones(*subject);
    }
    return RUN_ALL_TESTS();
}
