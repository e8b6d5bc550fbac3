// Input lines: every row of the devkit's line protocol, and what is refused.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "line/record.h"

#include <gtest/gtest.h>

#include "line/grammar.h"

namespace proxmox {
namespace {

constexpr Input inputs[]{{"vm_id", Type::vm_id, required},
                         {"proxmox_node", Type::node},
                         {"vm_snapshot_name", Type::snapshot_name},
                         {"vm_snapshot_description"}};

/// "vm_id|node|name|description", "blank", or "refused".
std::string read(std::string text, std::uint64_t number = 1) {
    const auto record = parse_record({.number = number, .text = std::move(text)}, inputs);
    if (!record) return "refused";
    if (!*record) return "blank";
    std::string all((**record)["vm_id"]);
    for (const char* key : {"proxmox_node", "vm_snapshot_name", "vm_snapshot_description"})
        all += '|' + std::string((**record)[key]);
    return all;
}

struct Row {
    const char* text;
    const char* meaning;
};

class EachRow : public testing::TestWithParam<Row> {};

TEST_P(EachRow, IsUnderstood) { EXPECT_EQ(read(GetParam().text), GetParam().meaning); }

INSTANTIATE_TEST_SUITE_P(
    Accepted, EachRow,
    testing::Values(
        Row{"1001", "1001|||"}, Row{R"({"vm_id":1001,"extra":"z"})", "1001|||"},
        Row{R"({"vm_id":"1001"})", "1001|||"}, Row{R"("1001")", "1001|||"},
        Row{R"({"vm_id":1001,"proxmox_node":"px-node-02"})", "1001|px-node-02||"}, Row{"", "blank"},
        Row{" \t ", "blank"}, Row{"\r", "blank"}, Row{"\xEF\xBB\xBF", "blank"},
        Row{"1001\r", "1001|||"}, Row{"{\"vm_id\":1001}\r", "1001|||"}, Row{"  1001  ", "1001|||"},
        Row{"\xEF\xBB\xBF"
            "1001",
            "1001|||"},
        Row{"0100", "100|||"}, Row{"000000000999999999", "999999999|||"}, Row{"100.0", "100|||"},
        Row{R"({"vm_id":100.0})", "100|||"}, Row{"1e2", "100|||"},
        Row{R"({"vm_id":100,"proxmox_node":null,"vm_snapshot_name":null})", "100|||"},
        Row{R"({"vm_id":100,"proxmox_node":"","vm_snapshot_name":""})", "100|||"},
        Row{R"({"vm_id":100,"vm_snapshot_name":"a_B-1","vm_snapshot_description":"two\nlines"})",
            "100||a_B-1|two\nlines"},
        Row{R"({"action":"vm_list","proxmox_node":"px-testing","source":"proxmox-api","vm_id":102,)"
            R"("vm_name":"VM 102","vm_status":"stopped","vm_tags":"","vm_template":0,)"
            R"("vm_uptime":0})",
            "102|px-testing||"},
        Row{R"({"vm_id":100,"deep":{"vm_id":[101]}})", "100|||"},
        Row{R"({"vm_id":100,"vm_snapshot_description":12.50})", "100|||12.50"}));

INSTANTIATE_TEST_SUITE_P(
    Refused, EachRow,
    testing::Values(
        Row{"hello", "refused"}, Row{"[1001,100]", "refused"}, Row{"null", "refused"},
        Row{"true", "refused"}, Row{R"({"foo":1})", "refused"}, Row{R"({"vm_id":null})", "refused"},
        Row{R"({"vm_id":true})", "refused"}, Row{R"({"vm_id":[100]})", "refused"},
        Row{"007", "refused"}, Row{"99", "refused"}, Row{"1000000000", "refused"},
        Row{"-100", "refused"}, Row{"100.5", "refused"}, Row{"0", "refused"},
        Row{"18446744073709551716", "refused"}, Row{R"({"vm_id":100,"vm_id":101})", "refused"},
        Row{R"({"vm_id":100}{"vm_id":101})", "refused"}, Row{"100 101", "refused"},
        Row{"{", "refused"}, Row{R"(  "vm_id": 100,)", "refused"}, Row{"100;rm", "refused"},
        Row{"\xFF", "refused"}, Row{R"({"vm_id":100,"vm_snapshot_name":".."})", "refused"},
        Row{R"({"vm_id":100,"vm_snapshot_name":"."})", "refused"},
        Row{R"({"vm_id":100,"vm_snapshot_name":"a/b"})", "refused"},
        Row{R"({"vm_id":100,"vm_snapshot_name":"%2e%2e"})", "refused"},
        Row{R"({"vm_id":100,"vm_snapshot_name":"a%2fb"})", "refused"},
        Row{R"({"vm_id":100,"vm_snapshot_name":"\u002e\u002e"})", "refused"},
        Row{R"({"vm_id":100,"vm_snapshot_name":"a\u0000b"})", "refused"},
        Row{R"({"vm_id":100,"vm_snapshot_name":"current"})", "refused"},
        Row{R"({"vm_id":100,"vm_snapshot_name":"1st"})", "refused"},
        Row{R"({"vm_id":100,"vm_snapshot_name":"x"})", "refused"},
        Row{R"({"vm_id":100,"vm_snapshot_name":{"a":1}})", "refused"},
        Row{R"({"vm_id":100,"proxmox_node":".."})", "refused"},
        Row{R"({"vm_id":100,"proxmox_node":"a/b"})", "refused"},
        Row{R"({"vm_id":100,"proxmox_node":"px.example"})", "refused"},
        Row{R"({"vm_id":100,"proxmox_node":"-px"})", "refused"}));

TEST(Record, TakesAByteOrderMarkOnTheFirstLineOnly) {
    EXPECT_EQ(read("\xEF\xBB\xBF{\"vm_id\":100}", 1), "100|||");
    EXPECT_EQ(read("\xEF\xBB\xBF"
                   "100",
                   2),
              "refused");
}

TEST(Record, TakesNamesUpToTheLongest) {
    const std::string longest = "a" + std::string(longest_snapshot_name - 1, '0');
    const auto line = [](const std::string& name) {
        return R"({"vm_id":100,"vm_snapshot_name":")" + name + "\"}";
    };
    EXPECT_EQ(read(line(longest)), "100||" + longest + "|");
    EXPECT_EQ(read(line(longest + "0")), "refused");
}

TEST(Record, RefusesALineThatWasTooLongToKeep) {
    EXPECT_FALSE(parse_record({.number = 1, .text = {}, .too_long = true}, inputs));
}

}  // namespace
}  // namespace proxmox
