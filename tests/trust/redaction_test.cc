// Redaction: the secret is found in every form that it may come back in, and nothing else is.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trust/redaction.h"

#include <gtest/gtest.h>

namespace proxmox {
namespace {

constexpr std::string_view secret = "c0ffee00-1234-4abc-9def-0123456789ab";

TEST(Redaction, HidesEveryForm) {
    const std::string_view forms[] = {
        "c0ffee00-1234-4abc-9def-0123456789ab",
        "c0ffee00%2D1234%2d4abc-9def-0123456789ab",
        "%63%30ffee00-1234-4abc-9def-0123456789ab",
        R"(c0ffee00\u002d1234-4abc-9def-0123456789ab)",
        R"(\u0063\u0030ffee00-1234-4abc-9def-0123456789a\u0062)",
    };
    for (const std::string_view form : forms)
        EXPECT_EQ(without_secret("a=" + std::string(form) + ";", secret), "a=[hidden];") << form;
}

TEST(Redaction, HidesEachOccurrence) {
    const std::string twice =
        std::string(secret) + std::string(secret) + " 100% " + std::string(secret);
    EXPECT_EQ(without_secret(twice, secret), "[hidden][hidden] 100% [hidden]");
}

TEST(Redaction, HidesAPieceThatWasCutShort) {
    EXPECT_EQ(without_secret("token c0ffee00-1234...", secret), "token [hidden]...");
    EXPECT_EQ(without_secret("token c0ffee00...", secret), "token [hidden]...");
}

TEST(Redaction, LeavesEverythingElse) {
    for (const std::string_view text :
         {"", "c0ffee00-1234", "c0ffee...", "C0FFEE00-1234-4ABC-9DEF-0123456789AB", "100 %", "%",
          R"(a\)", R"(\u00)", "%6", R"({"vm_name":"c0ffee"})"}) {
        EXPECT_FALSE(holds_secret(text, secret)) << text;
        EXPECT_EQ(without_secret(text, secret), text);
    }
}

TEST(Redaction, UndoesTheEscapesOfAnOddSecret) {
    const std::string_view odd = R"(pa"ss\word/1)";
    EXPECT_EQ(without_secret(R"({"m":"pa\"ss\\word\/1"})", odd), R"({"m":"[hidden]"})");
}

TEST(Redaction, ASecretTooShortToTellFromAWordIsNotSearched) {
    EXPECT_FALSE(holds_secret("running", "run"));
    EXPECT_FALSE(holds_secret("anything", ""));
}

}  // namespace
}  // namespace proxmox
