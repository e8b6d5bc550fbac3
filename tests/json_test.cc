// What JSON is taken, what is refused, and how values are printed.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "json/json.h"

#include <gtest/gtest.h>

#include <ctime>

#include "json/json_table.h"

namespace proxmox::json {
namespace {

std::string canonical(std::string_view text) {
    const auto document = Document::parse(text);
    if (!document) return "error: " + document.error().message;
    std::string out;
    write(out, document->root());
    return out;
}

bool is_refused(std::string_view text) { return !Document::parse(text).has_value(); }

TEST(Json, PrintsCompactWithSortedKeysAndNumbersAsSent) {
    EXPECT_EQ(canonical(R"( {"b": [1, 2.50, -0.0 , 1e3], "a": {"z": null, "y" : true }} )"),
              R"({"a":{"y":true,"z":null},"b":[1,2.50,-0.0,1e3]})");
    EXPECT_EQ(canonical("12345678901234567890123"), "12345678901234567890123");
    // Found by fuzzing: larger than any double, inside and alone.
    EXPECT_EQ(canonical("[801546108393e888808081]"), "[801546108393e888808081]");
    EXPECT_EQ(canonical(" -801546108393e888808081\n"), "-801546108393e888808081");
    EXPECT_EQ(canonical("[]"), "[]");
    EXPECT_EQ(canonical("{}"), "{}");
    EXPECT_EQ(canonical("null"), "null");
    EXPECT_EQ(canonical("[[],[[]],{\"a\":[]}]"), "[[],[[]],{\"a\":[]}]");
}

TEST(Json, EscapesAsLittleAsPossible) {
    EXPECT_EQ(canonical(R"("\u0041\u00e9\ud83d\ude00\/")"), "\"Aé😀/\"");
    EXPECT_EQ(canonical(R"("\"\\\b\f\n\r\t\u0001\u001b")"), R"("\"\\\b\f\n\r\t\u0001\u001b")");
}

TEST(Json, ControlsOfTheUpperHalfNeverReachATerminalRaw) {
    EXPECT_EQ(canonical("\"\x7f\xc2\x9b\xc2\xa0\""), "\"\\u007f\\u009b\xc2\xa0\"");
}

TEST(Json, RefusesWhatIsNotExactlyOneDocument) {
    for (const char* text : {"",
                             " ",
                             "{",
                             "}",
                             "[1,]",
                             "{\"a\":1,}",
                             "{\"a\":1}{\"a\":2}",
                             "[1] 2",
                             "nul",
                             "truex",
                             "01",
                             "1 2",
                             "1}",
                             "1,",
                             "1\f",
                             "+1",
                             "1.",
                             ".5",
                             "0x10",
                             "NaN",
                             "'a'",
                             "{a:1}",
                             "[1 2]",
                             "{\"a\" 1}",
                             "\"\xff\"",
                             "\"\\ud800\"",
                             "\"\\udc00\"",
                             "\"\x01\"",
                             "\"\\x\"",
                             "{\"a\":1,\"a\":2}",
                             "{\"a\":{\"b\":1,\"b\":1}}",
                             "{\"a\":1,\"\\u0061\":2}"})
        EXPECT_TRUE(is_refused(text)) << text;
}

TEST(Json, DepthIsLimited) {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    EXPECT_FALSE(is_refused(nested(depth_limit)));
    EXPECT_TRUE(is_refused(nested(depth_limit + 2)));
    EXPECT_TRUE(is_refused(nested(1'000'000)));
}

TEST(Json, EveryCutOfADocumentIsRefused) {
    const std::string whole = R"({"data":[{"vmid":100,"name":"a\u0041","x":[1,2,{"y":null}]}]})";
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_TRUE(is_refused(whole.substr(0, size))) << size;
}

TEST(Json, IntegersComeFromNumbersDigitsAndWholeFractions) {
    const auto integer = [](std::string_view text) {
        return Document::parse(text)->root().integer();
    };
    EXPECT_EQ(integer("100"), 100);
    EXPECT_EQ(integer("\"100\""), 100);
    EXPECT_EQ(integer("100.0"), 100);
    EXPECT_EQ(integer("1e2"), 100);
    EXPECT_EQ(integer("100.5"), std::nullopt);
    EXPECT_EQ(integer("\"1e2\""), std::nullopt);
    EXPECT_EQ(integer("\"\""), std::nullopt);
    EXPECT_EQ(integer("true"), std::nullopt);
    EXPECT_EQ(integer("1e300"), std::nullopt);
}

TEST(Json, ALookUpOfWhatIsNotThereIsMissing) {
    const auto document = Document::parse(R"({"a":{"b":[10,20]}})");
    ASSERT_TRUE(document);
    const Value root = document->root();
    EXPECT_EQ(root["a"]["b"].first().next().text(), "20");
    EXPECT_FALSE(root["x"]["y"].exists());
    EXPECT_FALSE(root["a"]["b"]["c"].exists());
    EXPECT_FALSE(Value{}["a"].exists());
}

TEST(Json, ADocumentSurvivesTheNextOneAndAMove) {
    auto first = Document::parse(R"({"name":"kept"})");
    ASSERT_TRUE(first);
    const Document moved = std::move(*first);
    ASSERT_TRUE(Document::parse(R"({"other":"overwrites the parser's buffers"})"));
    EXPECT_EQ(moved.root()["name"].text(), "kept");
}

/// `count` times the text, with commas between.
std::string repeated(std::string_view text, std::size_t count) {
    std::string all(text);
    for (std::size_t at = 1; at < count; ++at) all.append(",").append(text);
    return all;
}

TEST(Json, MoreValuesThanAnythingNeedsAreRefusedBeforeTheyTakeMemory) {
    EXPECT_TRUE(Document::parse('[' + repeated("0", values_limit - 10) + ']'));
    EXPECT_TRUE(is_refused('[' + repeated("0", values_limit + 10) + ']'));
    std::string row = R"({"data":[{"a":[)" + repeated("0", values_limit + 10) + "]}]}";
    EXPECT_FALSE(each_row(row, [](const Value&) -> Outcome { return {}; }));
    constexpr std::string_view keys[] = {"vmid"};
    std::string rows = R"({"data":[)" + repeated("{}", rows_limit) + "]}";
    EXPECT_TRUE(read_table(rows, keys));
    rows = R"({"data":[)" + repeated("{}", rows_limit + 1) + "]}";
    EXPECT_FALSE(read_table(rows, keys));
}

TEST(Json, ManyKeysAreNotComparedOneByOne) {
    constexpr std::size_t many = 200'000;
    constexpr std::clock_t limit = 10 * CLOCKS_PER_SEC;
    std::string members = R"("k":0)";
    for (std::size_t at = 0; at < many; ++at) members += ",\"k" + std::to_string(at) + "\":0";
    const std::clock_t began = std::clock();
    EXPECT_TRUE(Document::parse('{' + members + '}'));
    EXPECT_TRUE(is_refused('{' + members + R"(,"k199998":1})"));
    constexpr std::string_view keys[] = {"vmid"};
    std::string rows = R"({"data":[{)" + members + "}]}";
    EXPECT_TRUE(read_table(rows, keys));
    rows = R"({"data":[{)" + members + R"(,"k77":1}]})";
    EXPECT_FALSE(read_table(rows, keys));
    EXPECT_LT(std::clock() - began, limit);
}

std::string row_names(std::string answer) {
    std::string names;
    const auto outcome = each_row(answer, [&names](const Value& row) -> Outcome {
        names += row["name"].text();
        names += ' ';
        return {};
    });
    return outcome ? names : "error after " + names;
}

TEST(Json, RowsAreTheElementsOfDataWhereverItStands) {
    EXPECT_EQ(row_names(R"({"data":[{"name":"a"},{"name":"b"}],"total":2})"), "a b ");
    EXPECT_EQ(row_names(R"({"total":{"x":[1]},"data":[{"name":"a"}]})"), "a ");
    EXPECT_EQ(row_names(R"({"data":[]})"), "");
}

TEST(Json, RowsOfAnythingElseAreAnError) {
    EXPECT_EQ(row_names(R"({"data":null})"), "error after ");
    EXPECT_EQ(row_names(R"({"data":{"name":"a"}})"), "error after ");
    EXPECT_EQ(row_names(R"([{"name":"a"}])"), "error after ");
    EXPECT_EQ(row_names(R"({"other":[]})"), "error after ");
    EXPECT_EQ(row_names(""), "error after ");
    EXPECT_EQ(row_names(R"({"data":[{"name":"a"},{"name":)"), "error after ");
    EXPECT_EQ(row_names(R"({"data":[{"name":"a"}]} x)"), "error after ");
    EXPECT_EQ(row_names(R"({"data":[{"name":"a"}],"data":[]})"), "error after a ");
}

}  // namespace
}  // namespace proxmox::json
