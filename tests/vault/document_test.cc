// Documents: the values of a mapping, whatever YAML they are written in.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "document.h"

#include <gtest/gtest.h>

#include <string>

namespace proxmox::vault {
namespace {

using Kind = Value::Kind;

std::string repeat(std::string_view part, int times) {
    std::string text;
    while (times-- > 0) text += part;
    return text;
}

void expect_value(std::string_view yaml, Kind kind, std::string_view text) {
    const Result<Document> document = Document::parse(yaml);
    ASSERT_TRUE(document) << document.error().message << " in: " << yaml;
    const Result<Value> value = document->find("k");
    ASSERT_TRUE(value) << value.error().message << " in: " << yaml;
    EXPECT_EQ(value->kind, kind) << yaml;
    if (kind == Kind::text) {
        EXPECT_EQ(value->text, text) << yaml;
    }
}

void expect_text(std::string_view yaml, std::string_view text) {
    expect_value(yaml, Kind::text, text);
}

void expect_kind(std::string_view yaml, Kind kind) { expect_value(yaml, kind, {}); }

void expect_refused(std::string_view yaml, std::string_view message) {
    const Result<Document> document = Document::parse(yaml);
    if (!document) {
        EXPECT_EQ(document.error().message, message) << yaml.substr(0, 200);
        return;
    }
    const Result<Value> value = document->find("k");
    ASSERT_FALSE(value) << yaml.substr(0, 200);
    EXPECT_EQ(value.error().message, message);
}

TEST(Document, ReadsScalarsInEveryStyle) {
    expect_text("k: pve\n", "pve");
    expect_text("k:     pve   # comment\n", "pve");
    expect_text("k: \"p\\u0076e\"\n", "pve");
    expect_text("k: 'p''ve'\n", "p've");
    expect_text("k: |\n  pve\n", "pve\n");
    expect_text("k: |-\n  pve\n", "pve");
    expect_text("k: >-\n  p\n  ve\n", "p ve");
    expect_text("\"k\": pve", "pve");
    expect_text("? k\n: pve\n", "pve");
    expect_text("{k: pve}", "pve");
    expect_text("{\"k\":\"pve\"}", "pve");
    expect_text("k: pve\r\nother: 1\r\n", "pve");
    expect_text("\xef\xbb\xbfk: pve\n", "pve");
    expect_text("---\nk: pve\n...\n", "pve");
    expect_text("# banner\n####\n\nk: pve\n\n", "pve");
    expect_text("k: \"a\\0b\"", std::string_view("a\0b", 3));
}

TEST(Document, TypesPlainScalarsOnly) {
    expect_kind("k: yes\n", Kind::retyped);
    expect_kind("k: 0100\n", Kind::retyped);
    expect_kind("k: !!int \"5\"\n", Kind::retyped);
    expect_kind("k: !!binary cHZl\n", Kind::retyped);
    expect_text("k: \"yes\"\n", "yes");
    expect_text("k: '0100'\n", "0100");
    expect_text("k: !!str 0100\n", "0100");
    expect_text("k: !unsafe 0100\n", "0100");
    expect_text("k: 100\n", "100");
    expect_kind("k:\n", Kind::null);
    expect_kind("k: ~\n", Kind::null);
    expect_kind("k: null\n", Kind::null);
    expect_text("k: \"\"\n", "");
    expect_text("k: \"null\"\n", "null");
    expect_kind("k: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n", Kind::encrypted);
    expect_kind("other: 1\n", Kind::missing);
    expect_kind("{}", Kind::missing);
}

TEST(Document, SkipsWhatIsNested) {
    expect_kind("k: [a, b]\n", Kind::collection);
    expect_kind("k: {k: v}\n", Kind::collection);
    expect_kind("other: {k: v}\n", Kind::missing);
    expect_text("list:\n  - name: a\n    k: no\n  - {k: [1, {k: 2}]}\nk: pve\n", "pve");
}

TEST(Document, TheLastDuplicateWins) {
    expect_text("k: a\nk: b\n", "b");
    expect_kind("k: a\nk:\n", Kind::null);
}

TEST(Document, FollowsAliasesAndMerges) {
    expect_text("a: &a pve\nk: *a\n", "pve");
    expect_text("a: &a k\n*a : pve\n", "pve");
    expect_text("a: &a {k: v}\n<<: *a\n", "v");
    expect_text("a: &a {k: v}\nk: own\n<<: *a\n", "own");
    expect_text("a: &a {k: v}\nb: &b {k: w}\n<<: [*a, *b]\n", "v");
    expect_text("a: &a {k: v}\nb: &b {k: w}\n<<: *a\n<<: *b\n", "w");
    expect_text("a: &a {k: v}\nb: &b {<<: *a}\n<<: *b\n", "v");
    expect_kind("a: &a {k: v}\n\"<<\": *a\n", Kind::missing);
}

TEST(Document, SaysWhereItIsNotAcceptable) {
    expect_refused("", "there is nothing in it");
    expect_refused("# only a comment\n", "there is nothing in it");
    expect_refused("---\n", "its content is not a YAML mapping");
    expect_refused("- k\n", "its content is not a YAML mapping");
    expect_refused("secret\n", "its content is not a YAML mapping");
    expect_refused("!!set {k: v}\n", "its content is not a YAML mapping");
    expect_refused("k: v\n---\nk: w\n", "line 2: a second YAML document begins");
    expect_refused("k: v\n\tx: w\n", "line 2: found a tab character that violates indentation");
    expect_refused("k: !other v\n", "line 1: a YAML tag that ansible does not know");
    expect_refused("a: [!other {}]\nk: v\n", "line 1: a YAML tag that ansible does not know");
    expect_refused("? [k]\n: 1\nk: pve\n", "line 4: a YAML key that is not a single value");
    expect_refused("k: {{ x }}\n", "line 1: a YAML key that is not a single value");
    expect_refused("k: *a\n", "line 1: a YAML alias of nothing");
    expect_refused("a: &a 1\nb: &a 2\n", "line 2: a YAML anchor is defined twice");
    expect_refused("<<: 5\n", "line 2: a YAML merge key (<<) does not name a mapping");
    expect_refused("<<: [5]\n", "line 2: a YAML merge key (<<) does not name a mapping");
    expect_refused("k: \"v\n", "line 2: found unexpected end of stream");
    expect_refused("k: \x01\n", "byte 3: control characters are not allowed");
    expect_refused("k: \xff\n", "byte 3: invalid leading UTF-8 octet");
}

TEST(Document, StopsAtItsLimits) {
    expect_refused(repeat("[", 200'000), "its content is not a YAML mapping");
    expect_refused("a: " + repeat("[", 200'000), "line 1: the YAML is nested too deeply");
    expect_refused("a: " + repeat("{a: ", 200'000), "line 1: the YAML is nested too deeply");
    expect_refused("a: [" + repeat("1,", 70'000) + "]", "line 1: the YAML has too many elements");
    expect_refused("a: &a {<<: *a}\n<<: *a\n", "its YAML merge keys (<<) go too deep");
    std::string bomb = "m0: &m0 {x: 1}\n";
    for (int i = 1; i < 15; ++i) {
        const std::string previous = "*m" + std::to_string(i - 1) + ", ";
        const std::string name = "m" + std::to_string(i);
        bomb += name + ": &" + name + " {<<: [" + repeat(previous, 10) + "]}\n";
    }
    expect_refused(bomb + "<<: *m14\n", "its YAML merge keys (<<) go too deep");
    std::string anchors;
    for (int i = 0; i <= 1000; ++i) anchors += "- &a" + std::to_string(i) + " x\n";
    expect_refused("a:\n" + anchors, "line 1002: the YAML has too many anchors");
}

TEST(Document, ReadsAsMuchAsAFileMayHold) {
    expect_text("a: \"" + std::string(1'000'000, 'x') + "\"\nk: pve\n", "pve");
    expect_text("a: \"" + repeat("\\u00e9", 170'000) + "\"\nk: pve\n", "pve");
}

TEST(Document, EveryTruncationIsSurvived) {
    const std::string whole = "a: &x {b: [\"c\", 'd']}\n<<: *x\nk: !vault |\n  text\n  more\n";
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const Result<Document> document = Document::parse(whole.substr(0, size));
        if (document) static_cast<void>(document->find("k"));
    }
}

TEST(Document, TwoLiveSideBySide) {
    Result<Document> first = Document::parse("k: first");
    Result<Document> second = Document::parse("k: second");
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->find("k")->text, "first");
    EXPECT_EQ(second->find("k")->text, "second");
    *first = std::move(*second);
    EXPECT_EQ(first->find("k")->text, "second");
}

}  // namespace
}  // namespace proxmox::vault
