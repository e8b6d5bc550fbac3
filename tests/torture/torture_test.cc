// Torture: each tool's happy path again and again, with one allocation or system call that fails.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <thread>

#include "cases.h"

namespace faults {
namespace {

constexpr int limit_s = 120;
/// Most of a case is waiting: for the node, or for a task that never was.
constexpr int players = 4;
constexpr int tries_of_settings = 4;

/// How many points of failure each kind has at most; none is left out where this is 0.
int& points_at_most() {
    static int points = 24;
    return points;
}

/// One run: what fails in it, on which VM it works, and what came of it.
struct Trial {
    std::string torture;
    long vm_id = 0;
    Run run{};
};

constexpr Subject sync_all{.program = "proxmox_vm.sync", .line = ""};
constexpr Subject doctor{.program = "range42-doctor", .line = ""};
constexpr Subject table{.program = "devkit.table"};
constexpr Subject select_named{
    .program = "proxmox_vm.select", .line = R"({"vm_id":@,"vm_name":"vm-@"})", .arguments = "vm-*"};
constexpr Subject reachable{.program = "proxmox_api.reachable", .line = ""};
/// The tools that read a list of all VMs get few of them.
constexpr int few_vms = 4;

struct Counts {
    long allocations = 0;
    long calls = 0;
};

/// What a clock decides is another time's own: how long it took, and how long the node has run.
std::string without_times(const std::string& output) {
    static const std::regex times(R"re("(timings":\{[^}]*|node_uptime":\d+)|clock: \d+)re");
    return std::regex_replace(output, times, "");
}

class Torture {
  public:
    explicit Torture(const Subject& subject) : subject_(subject) {}
    void run();

  private:
    Counts count(const Place& place);
    void plan(std::string_view kind, long points);
    void play(const Place& place);
    Run run_one(const Place& place, long vm_id, const std::string& word,
                const std::string& label) const;
    /// How many failures were noticed at all.
    std::ptrdiff_t judge(const Place& place) const;
    bool prints(const Trial& trial) const;
    void judge_change(const Trial& trial, int changes) const;
    long vm_of_trial(std::size_t trial) const {
        return subject_.first_id() + (subject_.changes() ? static_cast<long>(trial) + 1 : 0);
    }

    const Subject& subject_;
    /// Those that another tool has made.
    std::map<long, std::string> lines_;
    std::vector<Trial> trials_;
    std::string expected_;
};

Run Torture::run_one(const Place& place, long vm_id, const std::string& word,
                     const std::string& label) const {
    Setting setting = call_of(subject_, 0);
    setting.label = label;
    if (subject_.takes_lines()) setting.input = subject_.line_for(vm_id) + '\n';
    if (!lines_.empty()) setting.input = lines_.at(vm_id);
    setting.environment = {"LD_PRELOAD=" + built("tests/torture/libfailing.so"), word};
    return run_tool(place, setting, limit_s);
}

Counts Torture::count(const Place& place) {
    if (!subject_.maker.empty()) lines_ = made_lines(subject_, place, 1);
    // A task has ended when others look at it, and so it shall have here.
    if (!subject_.changes()) (void)run_one(place, subject_.first_id(), "TORTURE=none", "before");
    (void)run_one(place, subject_.first_id(), "TORTURE_COUNTS=" + place.path("counts"), "first");
    Counts counts;
    std::ifstream(place.path("counts")) >> counts.allocations >> counts.calls;
    return counts;
}

void Torture::plan(std::string_view kind, long points) {
    const long limit = points_at_most();
    const long step = limit == 0 ? 1 : std::max(1L, points / limit);
    for (long number = 1; number <= points; number += step)
        for (const char* later : {"", "-"})
            trials_.push_back(
                {fmt::format("TORTURE={}:{}{}", kind, number, later), vm_of_trial(trials_.size())});
}

void Torture::play(const Place& place) {
    std::atomic<std::size_t> next = 0;
    std::vector<std::thread> threads;
    for (int player = 0; player < players; ++player)
        threads.emplace_back([this, &next, &place, player] {
            for (std::size_t at = next++; at < trials_.size(); at = next++)
                trials_[at].run = run_one(place, trials_[at].vm_id, trials_[at].torture,
                                          fmt::format("player{}-", player));
        });
    for (std::thread& thread : threads) thread.join();
}

void Torture::run() {
    const Place place;
    Counts counts;
    {
        const Place rehearsal;
        const Node node(rehearsal, subject_.node_options(few_vms));
        ASSERT_TRUE(node.is_up());
        counts = count(rehearsal);
    }
    ASSERT_GT(counts.allocations, 20);
    ASSERT_GT(counts.calls, 5);
    plan("memory", counts.allocations);
    plan("call", counts.calls);
    const int vms = subject_.changes() ? static_cast<int>(trials_.size()) + 1 : few_vms;
    const Node node(place, subject_.node_options(vms));
    ASSERT_TRUE(node.is_up());
    if (!subject_.maker.empty()) lines_ = made_lines(subject_, place, vms);
    if (!subject_.changes())
        expected_ = run_one(place, subject_.first_id(), "TORTURE=none", "whole").output;
    play(place);
    const auto noticed = judge(place);
    fmt::print("{}: {} allocations, {} calls, {} noticed in {} trials\n", subject_.program,
               counts.allocations, counts.calls, noticed, trials_.size());
}

bool Torture::prints(const Trial& trial) const {
    return subject_.prints(trial.run.output, trial.vm_id);
}

void Torture::judge_change(const Trial& trial, int changes) const {
    const int exit = trial.run.exit_code();
    EXPECT_LE(changes, subject_.sets_state() ? tries_of_settings : 1) << "sent too often";
    const bool is_printed = prints(trial);
    if (exit == 0) {
        // Whose state was so before is so without a request, too.
        EXPECT_GE(changes, subject_.is_so_already ? 0 : 1) << "a false success";
        EXPECT_TRUE(is_printed) << "a success that prints nothing";
    }
    // Whoever is told that the API is not there may go another way.
    EXPECT_FALSE(exit == exit_unreachable && changes > 0);
    // A poll's connection whose key could not be read ends with 5, which outranks 3.
    const bool may_be_silent =
        exit == exit_outcome_unknown || exit == exit_write_failed || exit == exit_identity_refused;
    EXPECT_TRUE(changes == 0 || is_printed || may_be_silent) << exit;
}

std::ptrdiff_t Torture::judge(const Place& place) const {
    const std::map<long, int> changes = changes_by_vm(seen_requests(place), subject_);
    constexpr std::array documented{0, 1, 2, 3, 4, 5, 6, 74};
    // A failure that nobody notices proves nothing: where all later ones fail, most runs must.
    const auto noticed = std::ranges::count_if(
        trials_, [](const Trial& trial) { return trial.run.exit_code() != 0; });
    EXPECT_GT(noticed, std::ssize(trials_) / 3);
    for (const Trial& trial : trials_) {
        SCOPED_TRACE(trial.torture + '\n' + trial.run.output + trial.run.traces);
        EXPECT_FALSE(trial.run.died_of_signal()) << trial.run.status;
        const int exit = trial.run.exit_code();
        EXPECT_NE(std::ranges::find(documented, exit), documented.end()) << exit;
        const auto found = changes.find(trial.vm_id);
        if (subject_.changes()) judge_change(trial, found == changes.end() ? 0 : found->second);
        // The doctor goes on where a question has no answer, and says so.
        const bool is_as_ever =
            subject_.changes() || without_times(trial.run.output) == without_times(expected_) ||
            (&subject_ == &doctor && trial.run.output.find(": no answer: ") != std::string::npos);
        EXPECT_TRUE(exit != 0 || is_as_ever) << "a false success";
    }
    return noticed;
}

}  // namespace

/// A request that could not be sent must not go out later, in the place of another.
static void check_sends() {
    constexpr int sends = 24;
    constexpr int vms = 16;
    const Place place;
    const Node node(place, sync_all.node_options(vms));
    ASSERT_TRUE(node.is_up());
    Setting setting{.program = std::string(sync_all.program)};
    const std::string expected = run_tool(place, setting, limit_s).output;
    int done = 0;
    for (int number = 1; number <= sends; ++number) {
        setting.environment = {"LD_PRELOAD=" + built("tests/torture/libfailing.so"),
                               fmt::format("TORTURE=send:{}", number)};
        const faults::Run run = run_tool(place, setting, limit_s);
        done += run.exit_code() == 0 ? 1 : 0;
        EXPECT_TRUE(run.exit_code() != 0 || run.output == expected) << number << run.output;
    }
    EXPECT_GT(done, sends / 4) << "most of them are asked again";
}

static void enroll_all() {
    const auto add = [](const Subject& subject) {
        enroll(subject, "row_66_every_allocation_and_call_fails_once",
               [&subject] { Torture(subject).run(); });
    };
    // Whose change was sent too often could not be told of those that all ask the same.
    for (const Subject* subject : single_subjects())
        if (subject->is_told_apart()) add(*subject);
    for (const Subject& subject : later_subjects()) add(subject);
    for (const Subject* subject : {&reachable, &doctor, &table, &select_named}) add(*subject);
    enroll(sync_all, "row_66_a_request_that_was_not_sent_is_never_sent_later", check_sends);
}

}  // namespace faults

// With 0 as its argument no point of failure is left out: ./dev soak.
int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    if (argc > 1) faults::points_at_most() = std::atoi(argv[1]);
    faults::enroll_all();
    return RUN_ALL_TESTS();
}
