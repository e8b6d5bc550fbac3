// A line's way through its states, fed with answers as recorded.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "way_fixture.h"

namespace proxmox {
namespace {

TEST_F(WayTest, ActsWaitsReadsAndPrints) {
    begin();
    EXPECT_EQ(asked(), post);
    EXPECT_TRUE(walk->doing().reply_is_due);
    answer(good('"' + std::string(upid) + '"'));
    ASSERT_TRUE(std::holds_alternative<AwaitTask>(step));
    EXPECT_EQ(std::get<AwaitTask>(step).upid, upid);
    EXPECT_EQ(std::get<AwaitTask>(step).deadline, 30s);
    EXPECT_TRUE(claimed.contains(upid));
    end_task("OK");
    EXPECT_EQ(asked(), current);
    answer(good(R"({"status":"running"})"));
    EXPECT_EQ(ending().output,
              R"({"action":"vm_start","proxmox_node":"px-testing","source":"proxmox-api",)"
              R"("vm_id":"100","vm_status":"running"})"
              "\n");
    EXPECT_EQ(ending().exit, Exit::ok);
    EXPECT_FALSE(walk->doing().change_is_open);
}

TEST_F(WayTest, AskingForNodesComesOnlyWithAnotherNode) {
    begin("px-testing");
    EXPECT_EQ(asked(), post);
    begin("px-other");
    EXPECT_EQ(asked(), "GET /nodes");
    EXPECT_TRUE(std::get<Ask>(step).shared);
    answer(good(R"([{"node":"px-testing"},{"node":"px-other"}])"));
    EXPECT_EQ(asked(), "POST /nodes/px-other/qemu/100/status/start");
    begin("px-foreign");
    answer(good(R"([{"node":"px-testing"},{"node":"px-other"}])"));
    EXPECT_EQ(asked(), post);
    answer(error("Configuration file 'nodes/px-testing/qemu-server/100.conf' does not exist"));
    EXPECT_EQ(ending().exit, Exit::line_failed);
    EXPECT_NE(traces().find("not a node of this cluster"), std::string::npos);
}

TEST_F(WayTest, GoesOnceToTheNodeThatHasTheVm) {
    begin();
    answer(error("Configuration file 'nodes/px-testing/qemu-server/100.conf' does not exist"));
    EXPECT_EQ(asked(), "GET /cluster/resources?type=vm");
    answer(good(R"([{"vmid":100,"node":"px-two","type":"qemu"}])"));
    EXPECT_EQ(asked(), "POST /nodes/px-two/qemu/100/status/start");
    answer(error("Configuration file 'nodes/px-two/qemu-server/100.conf' does not exist"));
    EXPECT_EQ(ending().exit, Exit::line_failed);
}

TEST_F(WayTest, AContainerOfThatIdIsSaidToBeOne) {
    begin();
    answer(error("Configuration file 'nodes/px-testing/qemu-server/100.conf' does not exist"));
    answer(good(R"([{"vmid":100,"node":"px-two","type":"lxc"}])"));
    EXPECT_NE(traces().find("it is a container"), std::string::npos);
    EXPECT_EQ(ending().output, "");
}

}  // namespace
}  // namespace proxmox
