// Who a machine is: by a mark in its notes, by what a login shows, and by the keys that ssh takes.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/identity.h"

#include <gtest/gtest.h>

#include <string>

#include "factory/mark.h"
#include "guest/ssh.h"

namespace proxmox {
namespace {

using How = Identity::How;

constexpr std::string_view uuid = "5b0a7c2e-0000-4000-8000-0000000000ab";
constexpr std::string_view other = "11111111-2222-4333-8444-555555555555";
constexpr std::string_view card = "bc:24:11:00:00:64";

std::string said(std::string_view shown_uuid, std::string_view shown_card = {}) {
    std::string text = "ready root\n";
    if (!shown_uuid.empty()) text.append("uuid ").append(shown_uuid) += '\n';
    if (!shown_card.empty())
        text.append("card 00:00:00:00:00:00\ncard ").append(shown_card) += '\n';
    return text;
}

How judged(const std::string& text, bool knows_uuid = true, bool knows_card = true) {
    Record record(1);
    if (knows_uuid) record.set("vm_uuid", uuid);
    if (knows_card) record.set("vm_mac", card);
    return identity_of(text, record).how;
}

TEST(Identities, TheUuidDecidesWhereItCanBeRead) {
    EXPECT_EQ(judged(said(uuid)), How::proven);
    EXPECT_EQ(judged(said("5B0A7C2E-0000-4000-8000-0000000000AB")), How::proven);
    EXPECT_EQ(judged(said(other)), How::other);
    EXPECT_EQ(judged(said(other, card)), How::other);
    EXPECT_EQ(judged(said(uuid, "bc:24:11:00:00:65")), How::proven);
}

TEST(Identities, ElseTheCardDoes) {
    EXPECT_EQ(judged(said("", card)), How::proven);
    EXPECT_EQ(judged(said("", "BC:24:11:00:00:64")), How::proven);
    EXPECT_EQ(judged(said("", "bc:24:11:00:00:65")), How::other);
    EXPECT_EQ(judged(said("Not Settable", card)), How::proven);
    EXPECT_EQ(judged(said("Not Settable", "bc:24:11:00:00:65")), How::other);
}

TEST(Identities, WhatShowsNothingProvesNothing) {
    EXPECT_EQ(judged(said("")), How::unproven);
    EXPECT_EQ(judged(said("", card), true, false), How::unproven);
    EXPECT_EQ(judged(said(other, card), false), How::not_asked);
}

TEST(Marks, AreWholeAndOnALineOfTheirOwn) {
    const std::string mark = "range42-fastpath " + std::string(uuid);
    EXPECT_TRUE(bears_mark(mark, uuid));
    EXPECT_TRUE(bears_mark("one\n" + mark + "\r\ntwo\n", uuid));
    for (const std::string& notes :
         {std::string(), std::string(uuid), "x " + mark, mark + " x", mark + "0", " " + mark,
          mark + " clone of ", mark + " clone of x", mark + " clone of 101 x"})
        EXPECT_FALSE(bears_mark(notes, uuid)) << notes;
    EXPECT_TRUE(bears_mark(mark + " clone of 101", uuid));
    EXPECT_EQ(source_in("one\n" + mark + " clone of 101\n"), "101");
    EXPECT_EQ(source_in(mark), "");
    EXPECT_EQ(source_in("it is a clone of 101"), "");
    EXPECT_FALSE(bears_mark(mark, other));
    EXPECT_FALSE(bears_mark(mark, ""));
    EXPECT_FALSE(bears_mark("range42-fastpath e", "e"));
    EXPECT_FALSE(bears_mark("the notes", "e"));
}

TEST(Marks, TakeThePlaceOfOthersAndOfNothingElse) {
    const std::string mine = "range42-fastpath " + std::string(uuid);
    EXPECT_EQ(marked("", uuid), mine);
    EXPECT_EQ(marked("about range42-fastpath itself\n", uuid),
              "about range42-fastpath itself\n" + mine);
    EXPECT_EQ(marked("a\nrange42-fastpath " + std::string(other) + "\nb", uuid), "a\nb\n" + mine);
    EXPECT_EQ(marked("range42-fastpath " + std::string(other) + " clone of 9221", uuid, "103"),
              mine + " clone of 103");
}

TEST(SshPolicies, OnlyWhatIsAsStrictAsOursIsTheUsersToChoose) {
    for (const char* value : {"true", "yes", "ask", "accept-new"})
        EXPECT_FALSE(takes_any_key("user root\nstricthostkeychecking " + std::string(value) +
                                   "\nport 22\n"));
    for (const char* value : {"false", "no", "off", ""})
        EXPECT_TRUE(takes_any_key("user root\nstricthostkeychecking " + std::string(value) + '\n'));
    EXPECT_TRUE(takes_any_key(""));
}

}  // namespace
}  // namespace proxmox
