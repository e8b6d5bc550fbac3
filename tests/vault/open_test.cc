// Opening envelopes: sizes around the block border, and no byte that may be changed.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "open.h"

#include <gtest/gtest.h>

#include <string>

#include "workshop.h"

namespace proxmox::vault {
namespace {

using test::seal;
using test::seal_body;
using test::Sealing;
using test::wrap;

constexpr std::string_view password = "correct horse";

Result<Secret> open_text(std::string_view text) {
    const Result<Envelope> envelope = parse_envelope(text);
    if (!envelope) return std::unexpected(envelope.error());
    return open_envelope(*envelope, password);
}

TEST(Open, GivesBackEverySizeAroundABlock) {
    for (std::size_t size = 0; size <= 49; ++size) {
        const std::string plaintext(size, static_cast<char>('a' + size % 26));
        const Result<Secret> opened = open_text(seal(plaintext, password));
        ASSERT_TRUE(opened) << size;
        EXPECT_EQ(opened->reveal(), plaintext);
    }
}

TEST(Open, AcceptsAnySaltAsAnsibleDoes) {
    for (const std::string& salt : {std::string(), std::string("x"), std::string(200, 's')}) {
        const Result<Secret> opened = open_text(seal("text", password, Sealing{.salt = salt}));
        ASSERT_TRUE(opened);
        EXPECT_EQ(opened->reveal(), "text");
    }
}

TEST(Open, SaysThatThePasswordIsWrong) {
    const Result<Secret> opened = open_text(seal("text", "another password"));
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().exit, Exit::credentials);
    EXPECT_EQ(opened.error().message, "the password does not open it, or the vault was altered");
    EXPECT_NE(opened.error().remedy, "");
}

TEST(Open, RefusesEveryByteThatWasChanged) {
    const std::string whole = seal("proxmox_node: pve\n", password);
    const std::size_t header_size = whole.find('\n') + 1;
    for (std::size_t i = header_size; i < whole.size(); ++i) {
        if (whole[i] == '\n') continue;
        std::string changed = whole;
        changed[i] = changed[i] == '3' ? '4' : '3';
        EXPECT_FALSE(open_text(changed)) << "byte " << i;
    }
}

TEST(Open, RefusesEveryTruncation) {
    const std::string whole = seal("proxmox_node: pve\n", password);
    ASSERT_TRUE(open_text(whole.substr(0, whole.size() - 1))) << "the last newline is optional";
    for (std::size_t size = 0; size + 1 < whole.size(); ++size)
        EXPECT_FALSE(open_text(whole.substr(0, size))) << size << " bytes";
}

TEST(Open, RefusesAMacOfAnotherLength) {
    const std::string body = seal_body("text", password);
    const std::size_t mac_end = body.find('\n', body.find('\n') + 1);
    for (const std::string& changed : {body.substr(0, mac_end) + "00" + body.substr(mac_end),
                                       body.substr(0, mac_end - 2) + body.substr(mac_end),
                                       body.substr(0, mac_end - 64) + body.substr(mac_end)})
        EXPECT_FALSE(open_text(wrap(changed, "$ANSIBLE_VAULT;1.1;AES256")));
}

TEST(Open, RefusesPaddingThatIsWrongUnderARightMac) {
    const std::string fifteen(15, 'x');
    for (const std::string& plaintext :
         {std::string(), std::string(15, 'x'), fifteen + '\0', fifteen + '\x11', fifteen + '\xff',
          std::string(13, 'x') + "\x02\x03\x03", std::string(17, '\x01')}) {
        const Result<Secret> opened = open_text(seal(plaintext, password, Sealing{.pad = false}));
        ASSERT_FALSE(opened);
        EXPECT_EQ(opened.error().message, "the vault is damaged: its padding is wrong");
    }
    EXPECT_TRUE(open_text(seal(fifteen + '\x01', password, Sealing{.pad = false})));
}

TEST(Opener, ReadsThePasswordWhenItIsNeeded) {
    const test::Workshop workshop;
    Opener opener(workshop.path("password"));
    EXPECT_FALSE(opener.open("not an envelope"));
    const std::string sealed = seal("text", password);
    const Result<Secret> without = opener.open(sealed);
    ASSERT_FALSE(without);
    EXPECT_NE(without.error().message.find("No such file"), std::string::npos);

    workshop.write("password", password);
    const Result<Secret> opened = opener.open(sealed);
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->reveal(), "text");

    workshop.write("password", "changed since");
    EXPECT_TRUE(opener.open(sealed)) << "it is read once";
}

}  // namespace
}  // namespace proxmox::vault
