// Growing records: what a line's other keys come out as, and how times are added to them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "line/carried.h"

#include <gtest/gtest.h>

#include "line/record.h"

namespace proxmox {
namespace {

constexpr Input inputs[]{{"vm_id", Type::vm_id, required}, {"vm_ip"}};

Record parse(std::string text, const Extras& intake = {.carry = Carry::all}) {
    auto record = parse_record({.number = 1, .text = std::move(text)}, inputs, intake);
    return record && *record ? std::move(**record) : Record{};
}

std::string carried(std::string text) { return parse(std::move(text)).carried().text(); }

TEST(carried, values_come_out_as_they_came_in) {
    EXPECT_EQ(carried(R"({"z":1.0e+03,"vm_id":100,"a":{"c":[1, null],"b":-0},"k":"é\u0007\/"})"),
              R"({"a":{"b":-0,"c":[1,null]},"k":"é\u0007/","vm_id":100,"z":1.0e+03})");
    EXPECT_EQ(carried(R"({"vm_id":100,"n":12345678901234567890123,"":"","nul":null})"),
              R"({"":"","n":12345678901234567890123,"nul":null,"vm_id":100})");
}

TEST(carried, is_empty_unless_asked_for) {
    EXPECT_EQ(parse(R"({"vm_id":100,"a":1})", {}).carried().text(), "{}");
    EXPECT_EQ(carried("100"), "{}");
}

TEST(carried, grows_without_being_asked_in_lines_of_a_plan) {
    const Extras plans{.carry = Carry::plans};
    EXPECT_EQ(parse(R"({"vm_id":100,"a":1})", plans).carried().text(), "{}");
    EXPECT_EQ(parse(R"({"vm_id":100,"a":1,"plan_kind":"machine"})", plans).carried().text(),
              R"({"a":1,"plan_kind":"machine","vm_id":100})");
}

TEST(carried, knows_a_value_in_either_form) {
    const Record record = parse(R"({"vm_id":100,"vm_ip":"10.0.0.5"})");
    EXPECT_TRUE(record.carried().means("vm_id", "100"));
    EXPECT_TRUE(record.carried().means("vm_ip", "10.0.0.5"));
    EXPECT_FALSE(record.carried().means("vm_id", "10"));
    EXPECT_FALSE(record.carried().means("vm_none", ""));
}

TEST(carried, times_are_added_to_those_that_are_there) {
    Record record = parse(R"({"vm_id":100,"timings":{"vm_create":0.052}})");
    record.carried().add_timing("vm_start", milliseconds{1'204}, milliseconds{10'000});
    record.carried().add_timing("vm_start", milliseconds{7}, milliseconds{10'000});
    EXPECT_EQ(record.carried()["timings"],
              R"({"vm_create":0.052,"vm_start":1.204,"vm_start_2":0.007})");
}

TEST(carried, moments_are_kept_where_the_record_has_a_timeline) {
    Record record = parse(R"({"vm_id":100,"timeline":{}})");
    record.carried().add_timing("vm_start", milliseconds{1'204}, milliseconds{1'764'331'200'500});
    record.carried().add_timing("vm_start", milliseconds{7}, milliseconds{1'764'331'201'000});
    EXPECT_EQ(record.carried()["timeline"], R"({"vm_start":[1764331199.296,1764331200.500],)"
                                            R"("vm_start_2":[1764331200.993,1764331201.000]})");
    Record plain = parse(R"({"vm_id":100})");
    plain.carried().add_timing("vm_start", milliseconds{1}, milliseconds{2});
    EXPECT_EQ(plain.carried()["timeline"], "");
}

TEST(carried, a_foreign_value_under_timings_gives_way) {
    for (const char* foreign : {"null", "[1]", "7", R"("soon")"}) {
        Record record = parse(R"({"vm_id":100,"timings":)" + std::string(foreign) + "}");
        record.carried().add_timing("vm_start", milliseconds{1}, milliseconds{10'000});
        EXPECT_EQ(record.carried()["timings"], R"({"vm_start":0.001})") << foreign;
    }
}

TEST(carried, a_missing_key_names_who_gives_it) {
    const auto record = parse_record({.number = 1, .text = "{}"}, inputs);
    ASSERT_FALSE(record);
    EXPECT_EQ(
        record.error().message,
        "there is no vm_id: proxmox_vm.list, proxmox_vm.create or proxmox_vm.lookup gives it");
}

TEST(carried, an_option_speaks_only_for_lines_that_lack_the_key) {
    const Given given[] = {{"vm_ip", "10.0.0.9"}};
    const Extras intake{.given = given};
    EXPECT_EQ(parse(R"({"vm_id":100,"vm_ip":"10.0.0.5"})", intake)["vm_ip"], "10.0.0.5");
    EXPECT_EQ(parse(R"({"vm_id":100,"vm_ip":null})", intake)["vm_ip"], "10.0.0.9");
    EXPECT_EQ(parse("100", intake)["vm_ip"], "10.0.0.9");
}

}  // namespace
}  // namespace proxmox
