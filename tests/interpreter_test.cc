// Which Python ansible runs under, by the first lines of its script.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/interpreter.h"

#include <gtest/gtest.h>

namespace proxmox {
namespace {

using Words = std::vector<std::string>;

TEST(Interpreter, IsWhatTheFirstLineNames) {
    EXPECT_EQ(interpreter_of("#!/usr/bin/python3\nimport sys\n"), Words{"/usr/bin/python3"});
    EXPECT_EQ(interpreter_of("#! /opt/x/bin/python3.13 -s \r\n"),
              (Words{"/opt/x/bin/python3.13", "-s"}));
    EXPECT_EQ(interpreter_of("#!/opt/x/python"), Words{"/opt/x/python"});
}

TEST(Interpreter, IsSoughtWhereEnvSeeksIt) {
    EXPECT_EQ(interpreter_of("#!/usr/bin/env python3\n"), Words{"python3"});
    EXPECT_EQ(interpreter_of("#!/usr/bin/env -S python3 -I\n"), (Words{"python3", "-I"}));
    EXPECT_EQ(interpreter_of("#!/usr/bin/env\n"), Words{});
}

TEST(Interpreter, IsFoundBehindAPathThatIsTooLong) {
    EXPECT_EQ(interpreter_of("#!/bin/sh\n'''exec' \"/a b/python\" \"$0\" \"$@\"\n"),
              Words{"/a b/python"});
    EXPECT_EQ(interpreter_of("#!/bin/sh\n'''exec' /a/python \"$0\" \"$@\"\n"), Words{"/a/python"});
}

TEST(Interpreter, IsNoneWhereThereIsNoScript) {
    EXPECT_EQ(interpreter_of(""), Words{});
    EXPECT_EQ(interpreter_of("\x7f"
                             "ELF"),
              Words{});
    EXPECT_EQ(interpreter_of("#!"), Words{});
    EXPECT_EQ(interpreter_of("#!\n/usr/bin/python3\n"), Words{});
}

}  // namespace
}  // namespace proxmox
