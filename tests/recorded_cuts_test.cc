// Cuts of what a real node has answered: whichever answer ends early, at any byte, nobody takes it.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <cstdlib>

#include "loop/task_watch.h"
#include "node/replay/recording.h"
#include "print/row_lines.h"
#include "way_fixture.h"

namespace proxmox {
namespace {

using demo_node::replay::recordings_directory;

constexpr int good_status = 200;
/// What the listing tools print of a row.
constexpr Prints list{.rows = Rows::every,
                      .columns = {{"vm_id", "vmid"},
                                  {"vm_name", "name"},
                                  {"vm_status", "status"},
                                  {"vm_snapshot_name", "name"}}};

/// One recorded answer, and what it is that was asked.
struct Recorded {
    std::string name;
    std::string method;
    std::string path;
    Answer answer;

    Answer cut_to(std::size_t size) const {
        Answer cut = answer;
        cut.body.resize(size);
        return cut;
    }
    bool is_good() const { return answer.status == good_status; }
    bool is_change() const { return method != "GET"; }
};

/// "HTTP/1.1 500 the reason"
Answer answer_of(const demo_node::replay::RecordedResponse& response) {
    Answer answer = reply(0, response.body, "");
    const std::size_t blank = response.status_line.find(' ');
    answer.status = std::atoi(response.status_line.c_str() + blank + 1);
    const std::size_t reason = response.status_line.find(' ', blank + 1);
    if (reason != std::string::npos) answer.reason = response.status_line.substr(reason + 1);
    return answer;
}

/// Those with a body that is JSON; the others are compressed, or are no answers of the API.
const std::vector<Recorded>& recorded() {
    static const std::vector<Recorded> all = [] {
        std::vector<Recorded> some;
        const auto recordings = demo_node::replay::load_recordings(recordings_directory());
        if (!recordings) return some;
        for (const auto& [name, recording] : *recordings) {
            if (!recording.response || !recording.response->body.starts_with('{')) continue;
            some.push_back({name, recording.request.method, recording.request.path,
                            answer_of(*recording.response)});
        }
        return some;
    }();
    return all;
}

class RecordedCuts : public WayTest {
  protected:
    void SetUp() override {
        if (recorded().empty()) GTEST_SKIP() << "no recordings in " << recordings_directory();
    }
    /// Calls the check with every part of every answer that it is about, and counts the parts.
    template <typename About, typename Check>
    void cut_all(std::size_t answers_at_least, About is_about, Check check) {
        std::size_t answers = 0;
        std::size_t parts = 0;
        for (const Recorded& each : recorded()) {
            if (!is_about(each)) continue;
            ++answers;
            for (std::size_t size = 0; size < each.answer.body.size() && !HasFailure(); ++size) {
                ++parts;
                check(each, each.cut_to(size));
                if (HasFailure()) ADD_FAILURE() << each.name << " cut to " << size;
            }
        }
        EXPECT_GE(answers, answers_at_least);
        std::printf("%zu answers, %zu parts\n", answers, parts);
    }
    static bool any(const Recorded&) { return true; }
};

TEST_F(RecordedCuts, row_10_a_part_is_never_good_and_an_error_is_never_another) {
    cut_all(500, any, [](const Recorded& each, const Answer& part) {
        const Verdict whole = understand(each.answer).verdict;
        const Verdict cut = understand(part).verdict;
        EXPECT_NE(cut, Verdict::good);
        EXPECT_TRUE(whole != Verdict::good || cut == Verdict::not_proxmox);
        // Without its JSON most of a refusal could be anybody's.
        EXPECT_TRUE(each.is_good() || cut == whole || cut == Verdict::refused ||
                    cut == Verdict::unknown);
    });
}

TEST_F(RecordedCuts, row_10_every_whole_answer_of_the_api_is_understood) {
    for (const Recorded& each : recorded())
        EXPECT_EQ(understand(each.answer).verdict == Verdict::good, each.is_good()) << each.name;
}

TEST_F(RecordedCuts, row_10_a_part_of_a_list_prints_nothing) {
    const Printing listing{.prints = list, .action = "list"};
    const auto is_list = [](const Recorded& each) {
        return each.is_good() && each.answer.body.find(R"("data":[{)") != std::string::npos;
    };
    cut_all(50, is_list, [&listing](const Recorded&, Answer part) {
        EXPECT_FALSE(RowLines::read(listing, Record(1), part.body).has_value());
    });
}

TEST_F(RecordedCuts, row_10_a_part_of_a_task_list_ends_no_task) {
    const auto is_about_tasks = [](const Recorded& each) {
        return each.is_good() && each.path.find("/tasks") != std::string::npos;
    };
    cut_all(20, is_about_tasks, [](const Recorded&, Answer part) {
        TaskWatch watch("px-testing");
        const std::string task(upid);
        watch.add(1, {task, milliseconds{30'000}}, milliseconds{0});
        // By the list, and then by its id.
        for (int second = 1; second <= 4; ++second) {
            const milliseconds then{second * 1'000};
            if (!watch.poll(then)) break;
            watch.answered(part, then);
        }
        EXPECT_EQ(watch.take_ended().size(), 0u);
    });
}

TEST_F(RecordedCuts, row_10_a_part_of_the_answer_to_a_change_is_no_task_id) {
    const auto is_begin = [](const Recorded& each) {
        return each.is_good() && each.is_change() &&
               each.answer.body.find("\"UPID:") != std::string::npos;
    };
    cut_all(30, is_begin, [this](const Recorded&, const Answer& part) {
        claimed.clear();
        begin();
        answer(part);
        EXPECT_NE(asked().find("/tasks?"), std::string::npos) << "looked for, not sent again";
    });
}

TEST_F(RecordedCuts, row_10_a_part_of_a_state_is_no_state) {
    const auto is_state = [](const Recorded& each) {
        return each.is_good() && each.path.ends_with("/status/current");
    };
    cut_all(10, is_state, [this](const Recorded&, const Answer& part) {
        claimed.clear();
        become_started();
        end_task("OK");
        ASSERT_EQ(asked(), current);
        answer(part);
        EXPECT_EQ(ending().output.find(R"("vm_status":"running")"), std::string::npos);
        EXPECT_EQ(ending().output.find(R"("vm_status":"stopped")"), std::string::npos);
        EXPECT_NE(traces().find("its state cannot be read"), std::string::npos) << traces();
    });
}

}  // namespace
}  // namespace proxmox
