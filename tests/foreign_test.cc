// Answers to a line's change that may be anybody's: they prove nothing, and its task is looked for.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "way_fixture.h"

namespace proxmox {
namespace {

TEST_F(WayTest, Row35ATaskThatCannotBeItsOwnIsNoAnswer) {
    for (const char* foreign : {"UPID:px-other:0000A1B2:00C0FFEE:67E00000:qmstart:100:u@pve!t:",
                                "UPID:px-testing:0000A1B2:00C0FFEE:67E00000:qmstart:101:u@pve!t:",
                                "UPID:../px:0000A1B2:00C0FFEE:67E00000:qmstart:100:u@pve!t:"}) {
        begin();
        answer(good('"' + std::string(foreign) + '"'));
        EXPECT_TRUE(asked().starts_with("GET /nodes/px-testing/tasks?")) << foreign;
        answer(good(R"([{"upid":")" + std::string(foreign) + R"("}])"));
        EXPECT_EQ(asked(), current) << foreign;
        answer(good(R"({"status":"stopped"})"));
        EXPECT_TRUE(std::holds_alternative<Sleep>(step)) << foreign;
    }
}

TEST_F(WayTest, Row27AReplyThatAnEarlierLineHasHadIsNoAnswer) {
    become_started();
    begin();
    answer(good('"' + std::string(upid) + '"'));
    EXPECT_TRUE(asked().starts_with("GET /nodes/px-testing/tasks?"));
}

TEST_F(WayTest, TheApiHostMayBeCalledLocalhost) {
    const proxmox::Run other = run_for(start, "localhost");
    begin(other, start);
    answer(good('"' + std::string(upid) + '"'));
    EXPECT_TRUE(std::holds_alternative<AwaitTask>(step));
}

TEST_F(WayTest, AStatusThatProxmoxNeverGivesProvesNothing) {
    for (const int status : {0, 101, 103, 201, 202, 204, 206, 520, 600, 999}) {
        begin();
        Answer odd = reply(status, "<html></html>", "Odd");
        odd.content_type = "text/html";
        answer(odd);
        EXPECT_TRUE(asked().starts_with("GET /nodes/px-testing/tasks?")) << status;
    }
    begin();
    answer(error("got no worker"));
    EXPECT_EQ(ending().exit, Exit::line_failed) << "an error of its own does";
}

}  // namespace
}  // namespace proxmox
