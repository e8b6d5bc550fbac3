// What people see and select: display widths, tables, terms, progress, lines to be fed again.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "base/display_width.h"
#include "line/selection.h"
#include "print/table.h"
#include "print/unfinished.h"
#include "process/progress.h"

namespace proxmox {
namespace {

TEST(DisplayWidth, CountsColumnsAndNeverCutsACharacter) {
    EXPECT_EQ(display_width("web-01"), 6U);
    EXPECT_EQ(display_width("\u540d\u524d"), 4U);
    EXPECT_EQ(display_width("e\u0301"), 1U) << "an accent stands on its letter";
    EXPECT_EQ(display_width("\U0001F600"), 2U);
    EXPECT_EQ(display_width("\u00fc"), 1U);
    EXPECT_EQ(cut_to_width("abcdef", 6), "abcdef");
    EXPECT_EQ(cut_to_width("abcdefg", 6), "abcde~");
    EXPECT_EQ(cut_to_width("\u540d\u524d\u540d", 5), "\u540d\u524d~");
    EXPECT_EQ(cut_to_width("\u540d\u524d\u540d", 4), "\u540d~");
    EXPECT_EQ(cut_to_width("abc", 1), "~");
    EXPECT_EQ(cut_to_width("abc", 0), "");
}

std::string table_of(const std::vector<std::string>& lines, std::size_t width,
                     const std::vector<std::string>& names = {}) {
    Table table(names, width);
    for (const std::string& line : lines) table.keep(json::Document::parse(line)->root());
    return table.settle();
}

TEST(Table, ChoosesWhatIsOfUseAndKeepsNumbersWhole) {
    EXPECT_EQ(table_of({R"({"action":"a","vm_name":"x","vm_id":"9"})"}, 0),
              "vm_id  vm_name\n    9  x\n");
    EXPECT_EQ(table_of({R"({"action":"a","upid":"u"})"}, 0), "action  upid\na       u\n");
    EXPECT_EQ(table_of({}, 0), "");
    EXPECT_EQ(table_of({"{}"}, 0), "");
    EXPECT_EQ(table_of({R"({"n":"a long name here","i":123456})", R"({"n":null,"i":[1,{"a":2}]})"},
                       0, {"n", "i"}),
              "n                 i\na long name here  123456\n-                 [1,{\"a\":2}]\n");
    EXPECT_EQ(table_of({R"({"n":"a long name here","i":123456})"}, 16),
              "n              i\na long ~  123456\n");
}

TEST(Table, EveryLineFitsAndLaterRowsKeepTheWidths) {
    Table table({}, 10);
    table.keep(json::Document::parse(R"({"a":"first","b":"second","c":"third"})")->root());
    const std::string head = table.settle();
    EXPECT_EQ(head, "a      b ~\nfirst  se~\n");
    EXPECT_EQ(table.line(json::Document::parse(R"({"a":"much too long","b":1})")->root()),
              "much~  1 ~\n");
}

VmFacts web() {
    return {.id = 100, .name = "web-01", .status = "running", .tags = "a;prod", .pool = "red"};
}

Judgement judged(std::vector<std::string> terms, const VmFacts& vm) {
    auto selection = Selection::parse(terms);
    return selection ? selection->judge(vm) : Judgement::unknown;
}

TEST(Selection, AnyTermIsEnoughAndNoExclusionMayHold) {
    for (const char* term : {"100", "99:100", "100:", ":100", "web-*", "WEB-0[12]", "web-01",
                             "@tag-prod", "@tag-p*", "@pool-red", "@running", "@status-run*"})
        EXPECT_EQ(judged({term}, web()), Judgement::yes) << term;
    for (const char* term :
         {"101", "101:", "web", "@tag-pro", "@tag-a;prod", "@pool-re", "@stopped", "db-*"})
        EXPECT_EQ(judged({term}, web()), Judgement::no) << term;
    EXPECT_EQ(judged({"db-*", "100"}, web()), Judgement::yes);
    EXPECT_EQ(judged({"100", "-web-*"}, web()), Judgement::no);
    EXPECT_EQ(judged({"-db-*"}, web()), Judgement::yes);
    EXPECT_EQ(judged({"-100:110"}, web()), Judgement::no);
    for (const char* term : {"", "-", "--", "110:100", ":", "1x:", "@", "@x", "@tag-"})
        EXPECT_FALSE(Selection::parse(std::vector<std::string>{term})) << term;
}

TEST(Selection, AsksOnlyWhatWouldDecide) {
    const VmFacts bare{.id = 100};
    EXPECT_EQ(judged({"100", "web-*"}, bare), Judgement::yes);
    EXPECT_EQ(judged({"101", "web-*"}, bare), Judgement::unknown);
    EXPECT_EQ(judged({"101", "-web-*"}, bare), Judgement::no);
    EXPECT_EQ(judged({"100", "-@pool-x"}, bare), Judgement::unknown);
    EXPECT_EQ(judged({"-100", "@tag-x"}, bare), Judgement::no);
    EXPECT_EQ(judged({"@tag-x"}, {.id = 100, .tags = ""}), Judgement::no) << "no tag is known, too";
}

TEST(Progress, SaysWhatFits) {
    const Progress progress{.done = 12,
                            .failed = 1,
                            .running = 4,
                            .waiting = 7,
                            .elapsed = milliseconds{75'400},
                            .slowest = "vm_id 104: task qmclone"};
    EXPECT_EQ(progress_text(progress, 100),
              "1:15 12 done, 1 failed, 4 running, 7 waiting | vm_id 104: task qmclone");
    EXPECT_EQ(progress_text(progress, 50), "1:15 12 done, 1 failed, 4 running, 7 waiting | vm~");
    EXPECT_EQ(progress_text(progress, 19), "1:15 12/1/4");
    EXPECT_EQ(progress_text(progress, 5), "1:15~");
    EXPECT_EQ(progress_text(progress, 0), "");
}

TEST(Progress, ReadsThePercentageOfALog) {
    EXPECT_EQ(progress_in_log("drive-scsi0: transferred 1.2 GiB of 2.0 GiB (60.12%) in 3s"),
              "60 %");
    EXPECT_EQ(progress_in_log("transferred 0 B of 2 GiB (0.00%)"), "0 %");
    EXPECT_EQ(progress_in_log("1.51 GiB in 2s"), "1.51 GiB in 2s");
    EXPECT_EQ(progress_in_log("50% \x1b[2J"), "50 %");
    EXPECT_EQ(progress_in_log("\x1b[2J"), "\\x1b[2J");
    EXPECT_EQ(progress_in_log("%"), "%");
    EXPECT_EQ(progress_in_log("TASK OK"), "");
    EXPECT_EQ(progress_in_log("no content"), "");
}

TEST(Refeedable, KeepsAllKeysAndGivesTheReason) {
    const auto written = [](std::string_view line) {
        const auto record = parse_record({.number = 1, .text = std::string(line)}, one_vm);
        return refeedable(line, "vm_id", record && *record ? **record : Record(1), "why");
    };
    EXPECT_EQ(written(R"({"vm_id":100,"x":1.50,"error":"old","ok":false,"exit":1})"),
              "{\"error\":\"why\",\"vm_id\":100,\"x\":1.50}\n");
    EXPECT_EQ(written(" 0100\r"), "{\"error\":\"why\",\"vm_id\":\"100\"}\n");
    EXPECT_EQ(written("hello \xff"), "{\"error\":\"why\",\"line\":\"hello \\\\xff\"}\n");
    EXPECT_EQ(written(R"({"vm_id":)"), "{\"error\":\"why\",\"line\":\"{\\\"vm_id\\\":\"}\n");
}

TEST(Failure, IsKnownByItsOk) {
    EXPECT_TRUE(is_failure(R"({"ok":false,"vm_id":100})"));
    for (const char* line : {R"({"ok":true})", R"({"ok":"false"})", "100", "[false]", "{"})
        EXPECT_FALSE(is_failure(line)) << line;
    EXPECT_FALSE(parse_record({.number = 1, .text = R"({"ok":false,"vm_id":100})"}, one_vm));
}

}  // namespace
}  // namespace proxmox
