// Tables: the rows that are read without a parser are those that the parser reads.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "json/json_table.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <optional>
#include <random>
#include <string>

#include "json/json_text.h"
#include "json/plain_rows.h"

namespace proxmox::json {
namespace {

constexpr std::array<std::string_view, 5> keys{"vmid", "name", "status", "tags", "template"};

/// The wanted values as text, row by row; nothing for an answer that is refused.
std::optional<std::string> by_table(std::string answer) {
    const std::string before = answer;
    const auto table = read_table(answer, keys);
    EXPECT_EQ(answer, before);
    if (!table) return std::nullopt;
    std::string text;
    for (std::size_t row = 0; row < table->rows(); ++row) {
        for (std::size_t column = 0; column < keys.size(); ++column) {
            const Field field = table->at(row, column);
            text += std::to_string(static_cast<int>(field.kind)) + ' ';
            write(text, field);
            text += ' ';
        }
        text += '\n';
    }
    return text;
}

std::optional<std::string> by_parser(std::string answer) {
    std::string text;
    const auto read = each_row(answer, [&text](const Value& row) -> Outcome {
        if (!row.is(Kind::object)) return fail(Exit::line_failed, "a row is not an object");
        for (const std::string_view key : keys) {
            text += std::to_string(static_cast<int>(row[key].kind())) + ' ';
            write(text, row[key]);
            text += ' ';
        }
        text += '\n';
        return {};
    });
    if (!read) return std::nullopt;
    return text;
}

bool is_plain(std::string answer) {
    answer.reserve(answer.size() + padding);
    Table table(answer, keys.size());
    return read_plain_rows(answer, keys, table);
}

const std::string usual =
    R"({"data":[{"status":"running","vmid":101,"name":"web-01","cpu":0.0123,"tags":"a;b"},)"
    R"({"name":"db","vmid":102,"template":1,"mem":-1.5e+3,"x":true,"y":false,"tags":null},{}]})";

TEST(Table, TheUsualFormIsReadWithoutAParser) {
    EXPECT_TRUE(is_plain(usual));
    EXPECT_EQ(by_table(usual), by_parser(usual));
    EXPECT_EQ(by_table(usual).value().substr(0, 48),
              "3 101 4 \"web-01\" 4 \"running\" 4 \"a;b\" 0 null \n3 1");
    EXPECT_TRUE(is_plain(R"({"data":[]})"));
    EXPECT_EQ(by_table(R"({"data":[]})"), "");
}

TEST(Table, WhatIsOtherwiseIsReadTheSame) {
    for (const std::string answer : {
             R"({"data":[{"vmid":1,"name":"a\"b"}]})",
             R"({"data":[{"vmid":1,"name":"\u00e9\n"}]})",
             R"({"data": [ {"vmid" : 1 , "name":"a"} ] } )",
             R"({"data":[{"vmid":1,"tags":["a",{"b":2,"a":[]}]}],"total":1})",
             R"({"total":1,"data":[{"v\u006did":7}]})",
         }) {
        EXPECT_FALSE(is_plain(answer)) << answer;
        ASSERT_TRUE(by_table(answer)) << answer;
        EXPECT_EQ(by_table(answer), by_parser(answer));
    }
}

TEST(Table, WhatIsWrongIsRefused) {
    for (const std::string answer : {
             "",
             "{",
             R"({"data":[{"vmid":01}]})",
             R"({"data":[{"vmid":1,"vmid":2}]})",
             R"({"data":[{"a":1,"a":2}]})",
             R"({"data":[{"vmid":1},]})",
             R"({"data":[,{}]})",
             R"({"data":[{"vmid":1}{"vmid":2}]})",
             R"({"data":[{"vmid":}]})",
             R"({"data":[{"vmid":+1}]})",
             R"({"data":[{"vmid":tru}]})",
             R"({"data":[{"vmid":1]})",
             R"({"data":[{"vmid":1}]}])",
             R"({"data":[{"name":"a)",
             "{\"data\":[{\"name\":\"a\tb\"}]}",
             "{\"data\":[{\"name\":\"\xff\"}]}",
             R"({"data":[1]})",
             R"({"data":[{"x":"\ud800"}]})",
             R"({"data":[{"vmid":1,}]})",
             R"({"data":[{,"vmid":1}]})",
             R"({"data":[{"vmid":-}]})",
         }) {
        EXPECT_FALSE(by_table(answer)) << answer;
        EXPECT_FALSE(by_parser(answer)) << answer;
    }
}

/// So many keys, each with its place for a value.
std::string row_of(std::size_t count, std::mt19937& random) {
    constexpr std::string_view wanted[] = {"vmid", "name", "status", "tags", "template"};
    std::string row;
    for (std::size_t number = 0; number < count; ++number) {
        const std::size_t which = random() % 70;
        const std::string key = which < std::size(wanted)
                                    ? std::string(wanted[which])
                                    : std::string(which / 2, 'k') + std::to_string(which);
        row += (row.empty() ? "\"" : ",\"") + key + "\":" + std::to_string(random() % 3);
    }
    return '{' + row + '}';
}

/// What came after a key in the row before is expected to come again, and often does not.
TEST(Table, KeysMayComeInAnyOrderAndNoneTwice) {
    std::mt19937 random(20261121);
    std::size_t accepted = 0;
    std::size_t plain = 0;
    for (int round = 0; round < 5'000; ++round) {
        std::string answer = R"({"data":[)";
        const std::size_t rows = 1 + random() % 12;
        for (std::size_t row = 0; row < rows; ++row)
            answer += (row > 0 ? "," : "") + row_of(random() % 7, random);
        answer += "]}";
        const auto table = by_table(answer);
        ASSERT_EQ(table, by_parser(answer)) << answer;
        accepted += table.has_value();
        plain += is_plain(answer);
    }
    EXPECT_GT(accepted, 1'000U);
    EXPECT_LT(accepted, 4'500U);
    EXPECT_EQ(plain, accepted);
    // More keys than are told apart are for the parser.
    std::string many = R"({"data":[{"vmid":1)";
    for (int key = 0; key < 64; ++key) many += ",\"k" + std::to_string(key) + "\":0";
    many += "}]}";
    EXPECT_FALSE(is_plain(many));
    EXPECT_EQ(by_table(many), by_parser(many));
}

/// One byte of the usual answer replaced, left out or doubled: both ways agree on each.
TEST(Table, BothWaysAgreeOnAHundredThousandDamagedAnswers) {
    constexpr std::string_view bytes = "{}[]\",:\\0123456789-+.eEtfnul \t\n\x01\x7f\xc3\xa9\xff";
    std::mt19937 random(20261121);
    std::size_t accepted = 0;
    for (int round = 0; round < 100'000; ++round) {
        std::string answer = usual;
        const std::size_t damages = 1 + random() % 2;
        for (std::size_t damage = 0; damage < damages; ++damage) {
            const std::size_t at = random() % answer.size();
            switch (random() % 3) {
                case 0: answer[at] = bytes[random() % bytes.size()]; break;
                case 1: answer.erase(at, 1); break;
                default: answer.insert(at, 1, bytes[random() % bytes.size()]);
            }
        }
        const auto table = by_table(answer);
        ASSERT_EQ(table, by_parser(answer)) << answer;
        accepted += table.has_value();
    }
    // Neither all nor none: else nothing was compared.
    EXPECT_GT(accepted, 20'000U);
    EXPECT_LT(accepted, 80'000U);
}

TEST(Table, EachCutIsRefusedOrReadTheSame) {
    for (std::size_t size = 0; size < usual.size(); ++size)
        EXPECT_FALSE(by_table(usual.substr(0, size)));
}

TEST(Table, NumbersAreAsTheGrammarSays) {
    for (const std::string_view good : {"0", "-0", "10", "1.5", "-1e5", "1E+5", "0.0e-0"})
        EXPECT_TRUE(is_number(good)) << good;
    for (const std::string_view bad : {"", "-", "01", "1.", ".5", "1e", "1e+", "+1", "0x1", "1 "})
        EXPECT_FALSE(is_number(bad)) << bad;
}

TEST(Table, TextsArePrintedAlikeWhateverTheirLength) {
    // The quick way looks at eight bytes at once: each escape in each place of texts around that.
    for (std::size_t size = 1; size <= 20; ++size)
        for (std::size_t at = 0; at < size; ++at)
            for (const char byte : {'"', '\\', '\n', '\x1f', '\x7f'}) {
                std::string text(size, 'a');
                text[at] = byte;
                std::string out;
                write_string(out, text);
                const auto again = Document::parse(out);
                ASSERT_TRUE(again) << out;
                EXPECT_EQ(again->root().text(), text);
                EXPECT_EQ(out.find_first_of("\n\x1f\x7f"), std::string::npos);
            }
}

}  // namespace
}  // namespace proxmox::json
