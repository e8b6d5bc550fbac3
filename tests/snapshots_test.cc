// Snapshot names: what a VM's name becomes, and which snapshot is meant when none is named.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/snapshots.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "line/grammar.h"

namespace proxmox {
namespace {

constexpr std::time_t moment = 1'700'000'000;  // 2023-11-14 22:13:20 UTC

class SnapshotNames : public testing::Test {
  protected:
    void SetUp() override {
        setenv("TZ", "UTC0", 1);
        tzset();
    }
};

TEST_F(SnapshotNames, AreTheVmAndTheTime) {
    EXPECT_EQ(default_snapshot_name("web-01", moment), "web-01-231114-221320");
    EXPECT_EQ(default_snapshot_name("VM 102", moment), "VM-102-231114-221320");
    EXPECT_EQ(default_snapshot_name("a.b.c", moment), "a-b-c-231114-221320");
}

TEST_F(SnapshotNames, AreValidWhateverTheVmIsCalled) {
    for (const std::string& name :
         {std::string(), std::string("1st"), std::string("-x"), std::string("?"), std::string("_"),
          std::string("\xC3\xBC\xC3\xA4"), std::string(63, 'x'), std::string(63, '9'),
          std::string("a/b"), std::string("..")}) {
        const std::string made = default_snapshot_name(name, moment);
        EXPECT_TRUE(is_snapshot_name(made)) << made;
        EXPECT_TRUE(made.ends_with("-231114-221320")) << made;
    }
}

TEST_F(SnapshotNames, OneSecondLaterIsAnotherName) {
    const std::string longest(63, 'x');
    EXPECT_NE(default_snapshot_name(longest, moment), default_snapshot_name(longest, moment + 1));
}

Result<std::string> parent_of(const char* snapshots, std::string* name) {
    const auto document = json::Document::parse(snapshots);
    Record record;
    record.set("vm_id", "100");
    auto note = take_parent_snapshot(document->root(), record, {});
    *name = record["vm_snapshot_name"];
    return note;
}

TEST_F(SnapshotNames, WithoutANameTheParentOfCurrentIsMeant) {
    std::string name;
    ASSERT_TRUE(parent_of(R"([{"name":"s-two","snaptime":2,"parent":"s-one"},
        {"name":"current","parent":"s-one"},{"name":"s-one","snaptime":1}])",
                          &name));
    EXPECT_EQ(name, "s-one");
    EXPECT_FALSE(parent_of(R"([{"name":"current"}])", &name));
    EXPECT_FALSE(parent_of("[]", &name));
    EXPECT_FALSE(parent_of(R"([{"name":"current","parent":".."}])", &name));
    EXPECT_EQ(name, "");
}

TEST_F(SnapshotNames, ANameThatHadToChangeIsTold) {
    const auto document = json::Document::parse(R"({"name":"VM 102"})");
    Record record;
    record.set("vm_id", "102");
    const auto note = name_snapshot(document->root(), record, {.wall = moment});
    ASSERT_TRUE(note);
    EXPECT_NE(note->find("VM-102-231114-221320"), std::string::npos);
    EXPECT_EQ(record["vm_snapshot_description"], "VM 102-231114-221320");
    EXPECT_EQ(record["vm_name"], "VM 102");
}

TEST(SnapshotOrder, ASnapshotWithoutATimeComesLast) {
    EXPECT_EQ(by_snapshot_time.field, "snaptime");
    EXPECT_EQ(by_snapshot_time.lacking, std::numeric_limits<std::int64_t>::max());
}

}  // namespace
}  // namespace proxmox
