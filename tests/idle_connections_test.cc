// Idle connections: one on which something came before the question is not asked.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/idle_connections.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace proxmox {
namespace {

constexpr long port = 40'000;

class IdleConnectionsTest : public testing::Test {
  protected:
    void SetUp() override {
        ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends_.data()), 0);
        idle_.add(port, ends_[0]);
    }
    void TearDown() override {
        close(ends_[0]);
        if (ends_[1] >= 0) close(ends_[1]);
    }

    std::array<int, 2> ends_{-1, -1};
    IdleConnections idle_;
};

TEST_F(IdleConnectionsTest, WhereNothingCameTheNextQuestionMayGo) {
    EXPECT_TRUE(idle_.take(port + 1)) << "one that is not known is new";
    EXPECT_TRUE(idle_.take(port));
}

TEST_F(IdleConnectionsTest, Row27WhatCameUnaskedEndsIt) {
    ASSERT_EQ(write(ends_[1], "H", 1), 1);
    EXPECT_FALSE(idle_.take(port));
    EXPECT_TRUE(idle_.take(port)) << "the next connection from this port is another one";
}

TEST_F(IdleConnectionsTest, ItsEndEndsIt) {
    close(ends_[1]);
    ends_[1] = -1;
    EXPECT_FALSE(idle_.take(port));
}

TEST_F(IdleConnectionsTest, TheOldestAreForgottenFirst) {
    ASSERT_EQ(write(ends_[1], "H", 1), 1);
    for (std::size_t other = 1; other <= idle_connections_known; ++other)
        idle_.add(port + static_cast<long>(other), ends_[0]);
    EXPECT_TRUE(idle_.take(port));
    EXPECT_FALSE(idle_.take(port + static_cast<long>(idle_connections_known)));
}

}  // namespace
}  // namespace proxmox
