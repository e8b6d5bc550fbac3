// Words that stand for secrets: where they are replaced, and how a secret is written then.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/stand_ins.h"

#include <gtest/gtest.h>

#include <string>

namespace proxmox {
namespace {

std::string kept(StandIns& stand_ins, std::string_view secret) {
    auto copy = vault::Secret::copy_of(secret);
    return copy ? stand_ins.keep(std::move(*copy)) : std::string();
}

std::string filled(const StandIns& stand_ins, const std::string& body, bool is_json) {
    const auto secret = stand_ins.filled(body, is_json);
    return secret ? std::string(secret->reveal()) : "failed";
}

TEST(StandIns, SaysNothingOfTheSecret) {
    StandIns stand_ins;
    const std::string word = kept(stand_ins, "hunter2");
    EXPECT_EQ(word.find("hunter2"), std::string::npos);
    EXPECT_NE(word, kept(stand_ins, "hunter2"));
    EXPECT_TRUE(stand_ins.are_in("a=" + word));
    EXPECT_FALSE(stand_ins.are_in("a=hunter2"));
}

TEST(StandIns, WritesASecretAsAFormHasIt) {
    StandIns stand_ins;
    const std::string word = kept(stand_ins, "a&b=c-d \n\xc3\xa4%");
    EXPECT_EQ(filled(stand_ins, "x=1&p=" + word + "&y=2", false),
              "x=1&p=a%26b%3Dc-d%20%0A%C3%A4%25&y=2");
}

TEST(StandIns, WritesASecretAsJsonHasIt) {
    StandIns stand_ins;
    const std::string word = kept(stand_ins, "a\"\\\n\x01\xc3\xa4");
    EXPECT_EQ(filled(stand_ins, R"({"p":")" + word + R"("})", true),
              "{\"p\":\"a\\\"\\\\\\u000A\\u0001\xc3\xa4\"}");
}

TEST(StandIns, FillsEachPlaceOfEachWord) {
    StandIns stand_ins;
    const std::string one = kept(stand_ins, "1"), two = kept(stand_ins, "22");
    EXPECT_EQ(filled(stand_ins, one + two + one + "!", false), "1221!");
    EXPECT_EQ(filled(stand_ins, "nothing", false), "nothing");
}

}  // namespace
}  // namespace proxmox
