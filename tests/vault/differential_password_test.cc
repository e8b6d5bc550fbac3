// Differential tests of password files and scripts: the same bytes as ansible reads.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ansible_judge.h"
#include "password.h"
#include "workshop.h"

namespace proxmox::vault {
namespace {

using test::DifferentialTest;
using test::hexlify;

TEST_F(DifferentialTest, PasswordFilesAreJudgedAlike) {
    struct Case {
        std::string content;
        mode_t mode = 0600;
        std::string_view suffix = {};
    };
    const std::vector<Case> table{
        {"pw"},
        {"pw\n"},
        {" pw \r\n\n"},
        {"two words"},
        {"two\nlines\n"},
        {""},
        {"\n"},
        {" \t\v\f\r\n"},
        {"\xef\xbb\xbfpw\n"},
        {"\x1cpw\x1c"},
        {"\x85pw\xc2\xa0"},
        {std::string("\0pw\0\n", 5)},
        {"p\xc3\xa9"},
        {"\xff\xfe"},
        {"$ANSIBLE_VAULT;1.1;AES256\n3030"},
        {"$ANSIBLE_VAULT"},
        {"  $ANSIBLE_VAULT;1.1;AES256\n30"},
        {"$ANSIBLE_VAULT\xc3\xa9"},
        {std::string(5000, 'x')},
        {"pw\n", 0700},
        {"", 0700},
        {"#!/bin/sh\necho pw\n", 0700},
        {"#!/bin/sh\necho ' pw '\n", 0500},
        {"#!/bin/sh\nprintf '\\r\\n\\n pw\\t\\r\\n'\n", 0711},
        {"#!/bin/sh\nexit 3\n", 0700},
        {"#!/bin/sh\necho pw; exit 1\n", 0700},
        {"#!/bin/sh\necho\n", 0700},
        {"#!/nonexistent\n", 0700},
        {"#!/bin/sh\nkill -9 $$\n", 0700},
        {"#!/bin/sh\necho $# \"$@\"\n", 0700},
        {"#!/bin/sh\necho $# \"$@\"\n", 0700, "-client"},
        {"#!/bin/sh\necho $# \"$@\"\n", 0700, "-client.py"},
        {"#!/bin/sh\necho $# \"$@\"\n", 0700, "-client.tar.gz"},
        {"#!/bin/sh\nexit 2\n", 0700, "-client"},
        {"#!/bin/sh\necho $0\n", 0700},
        {"#!/bin/sh\nprintf '$ANSIBLE_VAULT;1.1;AES256'\n", 0700},
    };
    std::vector<std::string> paths;
    for (const Case& each : table) paths.push_back(add(each.content, each.mode, each.suffix));
    const std::vector<std::string> verdicts = judge("password");
    for (std::size_t i = 0; i < table.size(); ++i) {
        const Result<Password> read = read_password(paths[i]);
        EXPECT_EQ(read ? "ok " + hexlify(read->bytes.reveal()) : "error", verdicts[i])
            << "case " << i << ": " << table[i].content;
    }
}

}  // namespace
}  // namespace proxmox::vault
