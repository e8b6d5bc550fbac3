// Small texts: escaping for terminals, templates of paths and forms, lines, Proxmox's grammars.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>
#include <unistd.h>

#include "api/checks.h"
#include "api/privileges.h"
#include "base/escape.h"
#include "base/shell.h"
#include "edge/fallback.h"
#include "line/expand.h"
#include "line/filter.h"
#include "line/grammar.h"
#include "line/lines.h"
#include "line/parameters.h"

namespace proxmox {
namespace {

TEST(Escape, LeavesWordsAloneAndShowsWhatATerminalWouldObey) {
    EXPECT_EQ(escape("VM is locked (snapshot)"), "VM is locked (snapshot)");
    EXPECT_EQ(escape("gr\xC3\xBC\xC3\x9F"), "gr\xC3\xBC\xC3\x9F");
    EXPECT_EQ(escape("a\nb"), "a\\nb");
    EXPECT_EQ(escape("\x1b[2J\a\x7f"), "\\x1b[2J\\x07\\x7f");
    EXPECT_EQ(escape("\xC2\x9B"), "\\u{009b}");
    EXPECT_EQ(escape("\xE2\x80\xAE"), "\\u{202e}");
    EXPECT_EQ(escape("\xC0\xAF\xFF"), "\\xc0\\xaf\\xff");
    EXPECT_EQ(escape("\xED\xA0\x80").find('\xED'), std::string::npos) << "a lone surrogate";
    EXPECT_EQ(escape(std::string(1000, 'x'), 10), "xxxxxxxxxx...");
}

Record record_of(std::string_view key, std::string_view value) {
    Record record;
    record.set(key, value);
    return record;
}

TEST(Shell, AWordToBePastedIsOneWordWhateverIsInIt) {
    for (const char* plain : {"101", "px-testing", "range42@pam", "10.0.0.1:8006", "/a/b.c"})
        EXPECT_EQ(shell_word(plain), plain);
    EXPECT_EQ(shell_word(""), "''");
    EXPECT_EQ(shell_word("range42@pam!token"), "'range42@pam!token'");
    EXPECT_EQ(shell_word("$(reboot)"), "'$(reboot)'");
    EXPECT_EQ(shell_word("a b;c"), "'a b;c'");
    EXPECT_EQ(shell_word("x'; reboot; '"), R"('x'\''; reboot; '\''')");
    EXPECT_EQ(shell_word("a\n\x1b[2J"), R"('a\n\x1b[2J')") << "no line of its own, no escape";
}

TEST(Shell, AdviceForRootQuotesTheTokensName) {
    const std::string token = "x'$(reboot)@pam!t';reboot'";
    const std::string quoted_user = R"('x'\''$(reboot)@pam')";
    const std::string privileges[] = {"VM.Audit"};
    const std::string grant = command_to_grant(privileges, token);
    EXPECT_NE(grant.find("--users " + quoted_user + " --tokens " + shell_word(token)),
              std::string::npos)
        << grant;
    const Check check = check_answer({.verdict = Verdict::credentials}, "px:8006", token);
    EXPECT_TRUE(check.remedy.ends_with("pveum user token list " + quoted_user)) << check.remedy;
}

TEST(Filter, SaysYesOrNoOrThatItGivesUp) {
    const auto filter = Filter::compile("^(a+)+$");
    ASSERT_TRUE(filter);
    EXPECT_TRUE(*filter->matches("aaa"));
    EXPECT_FALSE(*filter->matches("b"));
    const auto endless = filter->matches(std::string(60, 'a') + '!');
    ASSERT_FALSE(endless);
    EXPECT_EQ(endless.error().exit, Exit::line_failed);
    EXPECT_TRUE(endless.error().message.starts_with("FILTER gives up on aaa"));
}

TEST(Expand, PutsEachValueIntoOneSegment) {
    EXPECT_EQ(expand_path("/a/{k}/b", record_of("k", "x y")).value_or("-"), "/a/x%20y/b");
    EXPECT_EQ(expand_path("/a/{k}/b", record_of("k", "../../z?q#f")).value_or("-"),
              "/a/..%2F..%2Fz%3Fq%23f/b");
    for (const char* value : {"", ".", ".."})
        EXPECT_FALSE(expand_path("/a/{k}/b", record_of("k", value))) << value;
    EXPECT_FALSE(expand_path("/a/{other}", record_of("k", "x")));
    EXPECT_FALSE(expand_path("/a/{k", record_of("k", "x")));
}

TEST(Expand, EncodesFormsAndLeavesOutWhatIsEmpty) {
    constexpr List<Parameter> form{
        {"one", text("{k}")}, {"two", text("{missing}")}, {"three", text("1")}};
    EXPECT_EQ(form_of(parameters_of(form, record_of("k", "a&b=c \xC3\xBC"))).value_or("-"),
              "one=a%26b%3Dc%20%C3%BC&three=1");
    EXPECT_EQ(form_of(parameters_of(form, record_of("k", "x"), "three")).value_or("-"), "one=x");
}

TEST(Parameters, KeepWhatIsNestedOrSayThatThereIsNoPlaceForIt) {
    Record record;
    record.set("members", R"({"list":[1,"b"],"name":"x","on":true})");
    record.set("deep", R"({"inner":{"a":1}})");
    record.set("count", "3");
    constexpr Body flat{.parameters = {{"count", json_of("count")}}, .members_of = "members"};
    EXPECT_EQ(form_of(parameters_of(flat, record)).value_or("-"),
              "count=3&list=1&list=b&name=x&on=true");
    EXPECT_EQ(json_of(parameters_of(flat, record)),
              R"({"count":3,"list":[1,"b"],"name":"x","on":"true"})");
    constexpr Body nested{.members_of = "deep"};
    const auto refused = form_of(parameters_of(nested, record));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "inner: a form has no place for a nested value");
    EXPECT_EQ(json_of(parameters_of(nested, record)), R"({"inner":{"a":1}})");
}

TEST(Grammar, IsProxmoxsOwn) {
    for (const char* good : {"100", "999999999", "12345"}) EXPECT_TRUE(is_vm_id(good)) << good;
    for (const char* bad : {"", "99", "1000000000", "0100", "1e3", "100 ", "+100", "x"})
        EXPECT_FALSE(is_vm_id(bad)) << bad;
    for (const char* bad : {"", "-a", "a-", "a.b", "a_b", "a/b", ".."})
        EXPECT_FALSE(is_node_name(bad)) << bad;
    EXPECT_TRUE(is_node_name("px-Testing-01"));
    const std::string text = "UPID:px:0000A1B2:00C0FFEE:67E00000:qmstart:100:u@pve!t:";
    const auto upid = parse_upid(text);
    ASSERT_TRUE(upid);
    EXPECT_EQ(upid->type, "qmstart");
    EXPECT_EQ(upid->user, "u@pve!t");
    for (const std::string& bad :
         {text + "x", text.substr(0, text.size() - 1), "x" + text, std::string("UPID:"),
          std::string("UPID:px/..:0000A1B2:00C0FFEE:67E00000:qmstart:100:u@pve!t:")})
        EXPECT_FALSE(parse_upid(bad)) << bad;
}

/// All lines of what a pipe gives in pieces, "LONG" for one that is too long.
std::vector<std::string> lines_of(std::initializer_list<std::string> pieces) {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    LineReader reader(ends[0]);
    std::vector<std::string> lines;
    const auto take = [&] {
        while (const auto line = reader.next())
            lines.push_back(line->too_long ? "LONG" : line->text);
    };
    for (const std::string& piece : pieces) {
        // No more than a pipe holds, so that nobody has to read on the other side.
        for (std::size_t at = 0; at < piece.size(); at += 4096) {
            const std::string part = piece.substr(at, 4096);
            EXPECT_EQ(write(ends[1], part.data(), part.size()), static_cast<ssize_t>(part.size()));
            EXPECT_TRUE(reader.fill());
            take();
        }
    }
    close(ends[1]);
    while (!reader.ended()) {
        EXPECT_TRUE(reader.fill());
        take();
    }
    take();
    EXPECT_TRUE(reader.exhausted());
    close(ends[0]);
    return lines;
}

using Lines = std::vector<std::string>;

TEST(Lines, AreCutAtNewlinesHoweverTheyArrive) {
    EXPECT_EQ(lines_of({"100\n101\n"}), (Lines{"100", "101"}));
    EXPECT_EQ(lines_of({"1", "00\n1", "01"}), (Lines{"100", "101"}));
    EXPECT_EQ(lines_of({"\n\n", "100\r\n"}), (Lines{"", "", "100\r"}));
    EXPECT_EQ(lines_of({}), Lines{});
}

TEST(Lines, OneThatIsTooLongIsForgottenAndTheNextIsRead) {
    const std::string longest(line_length_limit, 'x');
    EXPECT_EQ(lines_of({longest + "\n101\n"}), (Lines{longest, "101"}));
    EXPECT_EQ(lines_of({longest + "xxx\n101\n"}), (Lines{"LONG", "101"}));
    EXPECT_EQ(lines_of({"100\n", longest + "xxx"}), (Lines{"100", "LONG"}));
}

TEST(Fallback, KnowsWhatTheSlowPathWouldExecute) {
    for (const char* harmless : {"100", "web{01}", R"({"vm_id":100,"x":"{ } %}"})", "",
                                 R"({"vm_id":100,"vm_name":"\u00fc\"quoted\""})"})
        EXPECT_FALSE(is_dangerous_to_ansible(harmless)) << harmless;
    for (const char* danger : {"{{ x }}", R"({"a":"{{ x }}"})", R"({"a":"\u007b\u007b x"})",
                               R"({"a":["{% x %}"]})", R"({"a":"\n"})", R"({"a":"\\"})",
                               R"({"a":"\r"})", R"("\u007b{")", "a\\b", R"({"a":1,"a":"\u007b{"})"})
        EXPECT_TRUE(is_dangerous_to_ansible(danger)) << danger;
}

}  // namespace
}  // namespace proxmox
