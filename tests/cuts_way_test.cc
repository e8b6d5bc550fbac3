// Cuts on a line's way: whichever answer ends early, at any byte, nothing is done twice or made up.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>

#include "way_fixture.h"

namespace proxmox {
namespace {

constexpr std::string_view other_upid =
    "UPID:px-other:0000A1B2:00C0FFEE:67E00000:qmstart:100:u@pve!t:";

/// One line's way with all that can be asked on it; `cut_stage` says which answer is cut where.
class CutsWay : public WayTest {
  protected:
    enum Stage : std::size_t { nodes, act, tasks, state, stages };
    const std::array<std::string, stages> bodies{
        R"({"data":[{"node":"px-testing"},{"node":"px-other"}]})",
        R"({"data":")" + std::string(other_upid) + R"("})",
        R"({"data":[{"upid":")" + std::string(other_upid) +
            R"(","status":"OK","endtime":1}],"total":1})",
        R"({"data":{"name":"a \" b","status":"running","vmid":100}})"};
    int posts = 0;
    int looks = 0;

    Stage stage() const {
        const std::string question = asked();
        if (question.starts_with("POST")) return act;
        if (question == "GET /nodes") return nodes;
        return question.find("/tasks?") != std::string::npos ? tasks : state;
    }
    /// Goes on until the line has ended; the answer of `cut_stage` has only `size` bytes, once.
    void run(Stage cut_stage, std::size_t size) {
        constexpr int step_limit = 200;
        bool is_cut = false;
        posts = looks = 0;
        claimed.clear();
        begin("px-other");
        for (int count = 0; count < step_limit && ending().output == "no ending"; ++count) {
            if (std::holds_alternative<Sleep>(step)) {
                wake();
            } else if (std::holds_alternative<AwaitTask>(step)) {
                end_task("OK");
            } else {
                const Stage at = stage();
                posts += at == act ? 1 : 0;
                looks += at == tasks ? 1 : 0;
                const bool cuts = at == cut_stage && !is_cut;
                is_cut = is_cut || cuts;
                answer(reply(200, bodies[at].substr(0, cuts ? size : std::string::npos)));
            }
        }
    }
};

TEST_F(CutsWay, row_10_a_whole_way_needs_no_look_for_the_task) {
    run(stages, 0);
    EXPECT_EQ(posts, 1);
    EXPECT_EQ(looks, 0);
    EXPECT_EQ(ending().exit, Exit::ok);
}

TEST_F(CutsWay, row_10_a_list_of_nodes_that_is_cut_lets_nothing_begin) {
    for (std::size_t size = 0; size < bodies[nodes].size(); ++size) {
        run(nodes, size);
        EXPECT_EQ(posts, 0) << size;
        EXPECT_NE(ending().exit, Exit::ok) << size;
        EXPECT_EQ(ending().output, "") << size;
    }
}

TEST_F(CutsWay, row_10_a_change_whose_reply_is_cut_is_looked_for_and_not_repeated) {
    for (std::size_t size = 0; size < bodies[act].size(); ++size) {
        run(act, size);
        EXPECT_EQ(posts, 1) << size;
        EXPECT_EQ(looks, 1) << size;
        EXPECT_EQ(ending().exit, Exit::ok) << size << traces();
        EXPECT_NE(ending().output.find(R"("vm_status":"running")"), std::string::npos) << size;
    }
}

TEST_F(CutsWay, row_10_a_state_that_is_cut_is_told_as_unread_and_the_line_as_done) {
    for (std::size_t size = 0; size < bodies[state].size(); ++size) {
        run(state, size);
        EXPECT_EQ(posts, 1) << size;
        EXPECT_EQ(ending().exit, Exit::ok) << size;
        EXPECT_EQ(ending().output.find("running"), std::string::npos) << size;
        EXPECT_NE(traces().find("its state cannot be read"), std::string::npos) << size;
    }
}

}  // namespace
}  // namespace proxmox
