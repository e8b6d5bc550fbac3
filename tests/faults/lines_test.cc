// One line, one fault: every tool takes a batch in which each line meets a fault of its own.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <thread>

#include "cases.h"
#include "rows.h"

namespace faults {
namespace {

constexpr int limit_s = 240;
constexpr std::string_view jobs = "128";

/// A batch: one run of one tool, and a line, a VM and a fault for each row.
struct Batch {
    const Subject& subject;
    bool strikes_reads;
    std::vector<Row> rows;
    Run run{};
    std::vector<Seen> seen{};

    long vm_id(std::size_t row) const { return subject.first_id() + static_cast<long>(row); }
    void play();
};

void Batch::play() {
    const Place place;
    auto options = subject.node_options(static_cast<int>(rows.size()));
    std::string input;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const std::string where =
            strikes_reads ? subject.where_read(vm_id(row)) : subject.where_act(vm_id(row));
        options.insert(options.end(), {"--fault", rows[row].fault + where});
        input += subject.line_for(vm_id(row)) + '\n';
    }
    const Node node(place, options);
    if (!node.is_up()) return;
    if (!subject.maker.empty()) {
        input.clear();
        const auto made = made_lines(subject, place, static_cast<int>(rows.size()));
        for (const auto& [vm_id, line] : made) input += line;
    }
    Setting setting{.program = std::string(subject.program), .input = input};
    const bool has_jobs = (subject.changes() && !subject.is_serial) || subject.on_agent;
    if (has_jobs) setting.arguments = {"--jobs", std::string(jobs)};
    for (const std::string& word : subject.words()) setting.arguments.push_back(word);
    run = run_tool(place, setting, limit_s);
    seen = seen_requests(place);
}

/// What the run said about one of its lines.
struct Account {
    std::size_t printed = 0;
    std::size_t traced = 0;
    bool says_unknown = false;
};

Account account_of(const Batch& batch, std::size_t row) {
    Account account;
    const std::string vm_id = std::to_string(batch.subject.printed_id(batch.vm_id(row)));
    for (const std::string& line : lines_of(batch.run.output)) {
        const auto document = parsed(line);
        if (!document) continue;
        const bool is_log_of_it =
            document->root()["upid"].text().find(':' + vm_id + ':') != std::string::npos;
        if (batch.subject.prints(line, batch.vm_id(row)) || is_log_of_it) ++account.printed;
    }
    const std::string place = fmt::format("(line {}", row + 1);
    for (const std::string& trace : lines_of(batch.run.traces)) {
        const std::size_t at = trace.find(place);
        if (at == std::string::npos || std::isdigit(trace[at + place.size()]) != 0) continue;
        ++account.traced;
        account.says_unknown = account.says_unknown || trace.find("outcome unknown") != trace.npos;
    }
    return account;
}

/// Whether what must be read before a change could not be read.
void check_changes(const Batch& batch, std::size_t at, bool has_failed_before) {
    const Row& row = batch.rows[at];
    int requests = 0;
    int tasks = 0;
    for (const Seen& seen : batch.seen) {
        if (!batch.subject.is_change(seen) || batch.subject.id_of(seen) != batch.vm_id(at))
            continue;
        ++requests;
        tasks += seen.has_upid ? 1 : 0;
    }
    // What is tidied away goes by the same call.
    const bool tidies = batch.subject.on_agent && row.expected == Expected::failed;
    const int more = row.more_requests + (tidies ? 1 : 0) +
                     (row.name == "config_locked" ? batch.subject.tries_at_lock - 1 : 0);
    EXPECT_GE(requests, has_failed_before ? 0 : row.requests) << "requests that change";
    EXPECT_LE(requests, row.requests + more) << "requests that change";
    EXPECT_EQ(tasks, batch.subject.has_tasks() && requests > 0 ? row.tasks : 0) << "tasks";
}

void check_line(const Batch& batch, std::size_t at) {
    const Row& row = batch.rows[at];
    const Account account = account_of(batch, at);
    const std::string told = batch.run.traces;
    const bool is_done_anyway = row.expected == Expected::unknown && batch.subject.is_so_already;
    switch (is_done_anyway ? Expected::done : row.expected) {
        case Expected::done:
            EXPECT_GE(account.printed, 1u) << told;
            EXPECT_EQ(account.traced, 0u) << told;
            break;
        case Expected::failed:
        case Expected::unknown:
            EXPECT_EQ(account.printed, 0u);
            EXPECT_EQ(account.traced, 1u) << told;
            EXPECT_EQ(account.says_unknown, row.expected == Expected::unknown) << told;
            break;
        case Expected::either:
            EXPECT_EQ(account.printed > 0 ? 1 : 0, account.traced == 0 ? 1 : 0) << told;
            break;
    }
    EXPECT_LE(account.traced, 1u) << told;
    const bool has_failed_before = batch.strikes_reads && account.traced > 0;
    if (batch.subject.changes()) check_changes(batch, at, has_failed_before);
}

void check_whole(const Batch& batch) {
    ASSERT_FALSE(batch.run.died_of_signal()) << batch.run.traces;
    EXPECT_TRUE(is_harmless(batch.run.traces)) << batch.run.traces;
    EXPECT_TRUE(is_harmless(batch.run.output)) << batch.run.output;
    const bool any_traced = batch.run.traces.find("(line ") != std::string::npos;
    EXPECT_EQ(batch.run.exit_code() == 0, !any_traced);
    // After a change was sent nobody may fall back to another way of making it.
    EXPECT_FALSE(batch.subject.changes() && batch.run.exit_code() == exit_unreachable);
    for (const std::string& line : lines_of(batch.run.output))
        EXPECT_TRUE(parsed(line).has_value()) << line;
}

std::vector<std::unique_ptr<Batch>>& batches() {
    static std::vector<std::unique_ptr<Batch>> all;
    return all;
}

/// All batches at once: most of their time they wait for replies that never come.
class Stage : public testing::Environment {
  public:
    void SetUp() override {
        std::vector<std::thread> players;
        for (auto& batch : batches()) players.emplace_back([&batch] { batch->play(); });
        for (std::thread& player : players) player.join();
    }
};

void enroll_batch(std::unique_ptr<Batch> batch) {
    const Batch& b = *batch;
    for (std::size_t at = 0; at < b.rows.size(); ++at)
        enroll(b.subject, fmt::format("row_{:02}_{}", b.rows[at].number, b.rows[at].name),
               [&b, at] { check_line(b, at); });
    enroll(b.subject, b.strikes_reads ? "reads_as_a_whole" : "changes_as_a_whole",
           [&b] { check_whole(b); });
    batches().push_back(std::move(batch));
}

}  // namespace

static void enroll_lines() {
    for (const Subject& subject : subjects()) {
        const auto rows = subject.sets_state()     ? rows_of_settings()
                          : subject.needs_own_task ? rows_of_own_tasks()
                                                   : rows_of_changes();
        // One after the other they would wait for what is unknown much longer than a test may.
        if (subject.changes())
            enroll_batch(std::make_unique<Batch>(subject, false,
                                                 subject.is_serial ? one_row_of_each(rows) : rows));
        if (!subject.read.empty())
            enroll_batch(std::make_unique<Batch>(subject, true, rows_of_reads()));
    }
    for (const Subject& subject : agent_subjects())
        enroll_batch(std::make_unique<Batch>(
            subject, !subject.changes(), subject.changes() ? rows_of_programs() : rows_of_reads()));
    for (const Subject& subject : later_subjects())
        enroll_batch(std::make_unique<Batch>(
            subject, !subject.changes(),
            subject.changes() ? one_row_of_each(rows_of_changes()) : rows_of_reads()));
    testing::AddGlobalTestEnvironment(new Stage);
}

}  // namespace faults

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    faults::enroll_lines();
    return RUN_ALL_TESTS();
}
