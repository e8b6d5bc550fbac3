// Grammars: what may be sent, and what could become a second header or another host.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "setting_grammar.h"

#include <gtest/gtest.h>

#include <string>

namespace proxmox::vault {
namespace {

using Texts = std::initializer_list<std::string_view>;

void expect_all(bool (*well_formed)(std::string_view), Texts texts, bool expected) {
    for (const std::string_view text : texts) EXPECT_EQ(well_formed(text), expected) << text;
}

TEST(Grammar, ApiHost) {
    const std::string label(63, 'a');
    expect_all(
        is_api_host,
        {"pve", "pve:8006", "pve.example.org", "203.0.113.10:8006", "[2001:db8::1]", "[::1]:8006",
         "a-b_c.d1", "1pve", "pve:1", "pve:65535", label + ".org", "10.0.0.1.example"},
        true);
    expect_all(is_api_host,
               {"",
                ":8006",
                "pve:",
                "pve:0",
                "pve:65536",
                "pve:+1",
                "pve: 1",
                "pve:8006/",
                "pve/x",
                "https://pve",
                "user@pve",
                "pve?x",
                "pve#x",
                "pve x",
                " pve",
                "pve ",
                "2001:db8::1",
                "::1",
                "[::1",
                "[::1]x",
                "[::1]:",
                "[pve]",
                "[]",
                "[fe80::1%eth0]",
                "pve.",
                ".pve",
                "a..b",
                "-pve",
                "pve-",
                "256.1.1.1",
                "1.2.3",
                "127.1",
                "0x7f.1",
                "0x7f000001",
                "2130706433",
                "pve\n",
                "pve\r\nx",
                "p\xc3\xa9ve",
                std::string_view("pve\0", 4),
                label + "a",
                "pve:000008006",
                "pve:8006:1"},
               false);
    std::string name;
    while (name.size() < 260) name += "abcdefgh.";
    EXPECT_FALSE(is_api_host(name + "org"));
}

TEST(Grammar, ApiUser) {
    expect_all(is_api_user, {"root@pam", "range42_api@pve", "user@corp@ldap.corp", "a.b-c@AD"},
               true);
    expect_all(
        is_api_user,
        {"", "root", "@pam", "root@", "root@1", "ro ot@pam", "root@pam!token", "a/b@pam", "a:b@pam",
         "a=b@pam", "root@pam\r\nX: y", "root\n@pam", "ro\x7fot@pam", "r\xc2\x85@pam"},
        false);
}

TEST(Grammar, Token) {
    expect_all(is_token_id, {"range42_api_token", "r42_lab_demo", "a", "A.b-c"}, true);
    expect_all(is_token_id, {"", "1a", "root@pam!a", "a b", "a=b", "a\n", "a\r", "_a"}, false);
    expect_all(is_token_secret, {"8f1c2d3e-0000-4000-8000-123456789abc", "x", "~!@=:"}, true);
    expect_all(is_token_secret,
               {"", " ", "a b", "a\nb", "a\r", "a\t", "\x7f", "\xc2\x85",
                std::string_view("a\0", 2), "\x1b[0m"},
               false);
    EXPECT_TRUE(is_token_secret(std::string(256, 'x')));
    EXPECT_FALSE(is_token_secret(std::string(257, 'x')));
}

TEST(Grammar, NodeName) {
    expect_all(is_node_name, {"pve", "px-lab", "p", "1", "A-1-b"}, true);
    expect_all(is_node_name, {"", "-pve", "pve-", "p.v", "p_v", "..", "p/v", "p v", "pve\n"},
               false);
    EXPECT_FALSE(is_node_name(std::string(64, 'a')));
}

TEST(Grammar, PlainLine) {
    expect_all(is_plain_line, {"tofu", "pin:sha256//abc=;sha256//def=", "ca:/etc/my ca.pem"}, true);
    expect_all(is_plain_line, {"", "a\nb", "a\tb", "\x7f", "\xc3\xa9"}, false);
}

}  // namespace
}  // namespace proxmox::vault
