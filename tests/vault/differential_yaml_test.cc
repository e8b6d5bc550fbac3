// Differential tests of YAML: the same values and the same refusals as ansible's loader.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

#include "ansible_judge.h"
#include "document.h"
#include "plain_scalar.h"
#include "workshop.h"

namespace proxmox::vault {
namespace {

using test::DifferentialTest;
using test::hexlify;

TEST_F(DifferentialTest, PlainScalarsAreTypedAlike) {
    constexpr std::string_view alphabet = "0123456789::--__..+eExbTtZ af~";
    constexpr auto seeds = std::to_array<std::string_view>(
        {"2026-01-31T10:20:30.5 +01:00", "12:30:45.6", "-1_000.5e+10", "0x1F", "0b1_0", "0777",
         ".inf", "+.5e-3", "yes", "null", "1:59:59"});
    std::mt19937 random(test::fixed_seed);
    std::vector<std::string> table{"", "~", "=", "<<"};
    for (const std::string_view seed : seeds)
        for (int i = 0; i < 150; ++i) {
            std::string text(seed);
            for (std::size_t edits = random() % 3 + (i > 0); edits > 0; --edits) {
                const char byte = alphabet[random() % alphabet.size()];
                const std::size_t at = random() % (text.size() + 1);
                if (random() % 2 || at == text.size()) {
                    text.insert(at, 1, byte);
                } else {
                    text[at] = byte;
                }
                if (random() % 4 == 0) text.resize(random() % text.size());
                if (text.empty()) text = "0";
            }
            table.push_back(text);
        }
    for (const std::string& text : table) add(text);
    const std::vector<std::string> verdicts = judge("plain");
    for (std::size_t i = 0; i < table.size(); ++i) {
        constexpr auto names_of = std::to_array<std::string_view>({"text", "null", "retyped"});
        const std::string_view ours =
            names_of[static_cast<std::size_t>(classify_plain_scalar(table[i]))];
        // A whole number in its usual form is the one thing that reads the same afterwards.
        const bool canonical = !table[i].empty() && (table[i] == "0" || table[i][0] != '0') &&
                               table[i].find_first_not_of("0123456789") == std::string::npos;
        EXPECT_EQ(ours, canonical ? "text" : verdicts[i]) << '"' << table[i] << '"';
    }
}

std::string our_value(std::string_view yaml) {
    const Result<Document> document = Document::parse(yaml);
    if (!document) return "error";
    const Result<Value> value = document->find("k");
    if (!value) return "error";
    switch (value->kind) {
        case Value::Kind::missing: return "missing";
        case Value::Kind::null: return "null";
        case Value::Kind::collection: return "collection";
        case Value::Kind::retyped: return "retyped";
        case Value::Kind::encrypted: return "encrypted";
        case Value::Kind::text: return "text " + hexlify(value->text);
    }
    return {};
}

/// Whether our verdict is ansible's, or the one deviation that is meant: whole numbers are text.
bool agrees(const std::string& ours, const std::string& ansible) {
    if (ours == "retyped") return ansible.starts_with("retyped") || ansible == "error";
    if (ansible.starts_with("retyped ")) return ours == "text " + ansible.substr(8);
    return ours == ansible;
}

TEST_F(DifferentialTest, YamlIsJudgedAlike) {
    constexpr auto values = std::to_array<std::string_view>({"pve",
                                                             "\"pve\"",
                                                             "'pve'",
                                                             "yes",
                                                             "\"yes\"",
                                                             "0100",
                                                             "100",
                                                             "12:30:45",
                                                             "1.50",
                                                             "~",
                                                             "",
                                                             "null",
                                                             "2026-01-31",
                                                             "\"a\\u00e9\\n\"",
                                                             "'it''s'",
                                                             "|\n  a\n  b",
                                                             ">-\n  a\n  b",
                                                             "[a, b]",
                                                             "{a: b}",
                                                             "&a x",
                                                             "*a",
                                                             "*b",
                                                             "!!str 5",
                                                             "!!int \"5\"",
                                                             "!!float \"5\"",
                                                             "! yes",
                                                             "!unsafe x",
                                                             "!foo x",
                                                             "!!python/unicode 5",
                                                             "\"{{ x }}\"",
                                                             "{{ x }}",
                                                             "{k: v}",
                                                             "a # b",
                                                             "a#b",
                                                             "a: b",
                                                             "\"unclosed",
                                                             "- x",
                                                             "@x",
                                                             "`x",
                                                             "%x",
                                                             "x\ty",
                                                             "\tx",
                                                             "\"\\x85\"",
                                                             "\"\\0\"",
                                                             "\x7f",
                                                             "\x85",
                                                             "\xc2\x85",
                                                             "\xc3\xa9",
                                                             "\xe2\x80\xa8",
                                                             "\xf0\x9f\x98\x80",
                                                             "\"\\ud83d\"",
                                                             "\"\\/\"",
                                                             "=",
                                                             "<<",
                                                             "!!set {a, b}",
                                                             "!!null ''",
                                                             "!!binary cHZl",
                                                             "!!timestamp 2026-01-31",
                                                             "? a",
                                                             "&b [*b]"});
    constexpr auto shapes = std::to_array<std::string_view>(
        {"k: @\n", "k: @", "a: &a v\nk: @\n", "k: old\nk: @\n", "---\nk: @\n...\n", "k: @\r\n",
         "b: &b {k: w}\nk: @\n", "b: &b {k: w}\n<<: @\n", "{k: @}", "a: 1\nn: {m: @}\nk: z\n",
         "k: @\n---\nx: 1\n", "\xef\xbb\xbfk: @\n", "b: &b {k: w}\n<<: [*b, {k: @}]\n",
         "k: 1\n<<: {k: @}\n", "#c\n\n  k: @\n", "@: k\nk: x\n", "- @\n", "{\"k\": @}\n"});
    std::vector<std::string> table;
    for (const std::string_view shape : shapes)
        for (const std::string_view value : values) {
            std::string yaml(shape);
            yaml.replace(yaml.find('@'), 1, value);
            table.push_back(yaml);
        }
    for (const std::string& yaml : table) add(yaml);
    const std::vector<std::string> verdicts = judge("value");
    int refused = 0;
    for (std::size_t i = 0; i < table.size(); ++i) {
        const std::string ours = our_value(table[i]);
        EXPECT_TRUE(agrees(ours, verdicts[i]))
            << "ours: " << ours << "\nansible: " << verdicts[i] << "\n"
            << table[i];
        refused += verdicts[i] == "error";
    }
    EXPECT_GT(refused, 100);
    EXPECT_LT(refused, static_cast<int>(table.size()) / 2);
}

}  // namespace
}  // namespace proxmox::vault
