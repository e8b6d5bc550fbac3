// Plain scalars: which of them YAML 1.1 does not leave alone.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plain_scalar.h"

#include <gtest/gtest.h>

namespace proxmox::vault {
namespace {

TEST(PlainScalar, KnowsNull) {
    for (const char* text : {"", "~", "null", "Null", "NULL"})
        EXPECT_EQ(classify_plain_scalar(text), PlainScalar::null) << text;
}

TEST(PlainScalar, KnowsWhatAnsibleWouldChange) {
    for (const char* text : {"yes",
                             "No",
                             "TRUE",
                             "off",
                             "0100",
                             "-5",
                             "+5",
                             "1_000",
                             "0x1f",
                             "0b101",
                             "12:30:45",
                             "1.5",
                             "1.",
                             ".5",
                             "1.5e+3",
                             "1:30.5",
                             ".inf",
                             "-.INF",
                             ".nan",
                             "2026-01-31",
                             "2026-1-1 1:02:03",
                             "2026-01-31T10:00:00Z",
                             "2026-01-31 10:00:00.5 +01:30",
                             "=",
                             "<<"})
        EXPECT_EQ(classify_plain_scalar(text), PlainScalar::retyped) << text;
}

TEST(PlainScalar, LeavesTheRestAlone) {
    for (const char* text : {"pve",
                             "0",
                             "100",
                             "203.0.113.10",
                             "203.0.113.10:8006",
                             "yEs",
                             "nULL",
                             "1e3",
                             "1.5e3",
                             "0x",
                             "0b",
                             "08",
                             "1:60",
                             "1:",
                             "-",
                             "+",
                             ".",
                             "-.5",
                             "12:30:",
                             "2026-1-31",
                             "2026-01-31T10:00",
                             "8f1c2d3e-0000-4000-8000-123456789abc",
                             "root@pam",
                             "==",
                             "<"})
        EXPECT_EQ(classify_plain_scalar(text), PlainScalar::text) << text;
}

}  // namespace
}  // namespace proxmox::vault
