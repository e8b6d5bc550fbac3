// The line protocol against jq: an id that we read from a line is the one that jq reads there.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "line/record.h"

namespace proxmox {
namespace {

constexpr Input inputs[]{{"vm_id", Type::vm_id, required}, {"proxmox_node", Type::node}};
constexpr int lines_at_once = 50'000;

int& count() {
    static int lines = 20'000;
    return lines;
}

std::uint32_t& seed() {
    static std::uint32_t value = 7;
    return value;
}

/// What the ansible path makes of a line: JSON where it is, text where it is not.
constexpr std::string_view filter = R"(
    def id: (try fromjson catch null) as $json
        | (if $json == null then . else $json end)
        | if type == "object" then .vm_id else . end
        | if type == "string" then sub("^\\s+"; "") | sub("\\s+$"; "") else . end
        | tostring | sub("^0+"; "");
    (try id catch "none") | if test("^[1-9][0-9]{2,8}$") then . else "none" end)";

constexpr std::array<std::string_view, 28> pieces{
    "100",  "0100", "1e2",     "100.0", "999999999", "1000000000", "\"100\"",
    "-",    "+",    " ",       "\t",    "\r",        "{",          "}",
    "[",    "]",    ":",       ",",     "\"vm_id\"", "\"vm_id\":", "\"proxmox_node\":\"a\"",
    "null", "true", "\\u0031", "\"",    "\xff",      "\xc3\xa9",   "0x64"};
constexpr std::array<std::string_view, 6> sound{
    "100",
    "  101 ",
    R"({"vm_id":100})",
    R"({"vm_id":"102","vm_name":"a \" b","x":{"vm_id":5}})",
    R"({"proxmox_node":"px","vm_id" : 103 })",
    R"("104")"};

/// A sound line with a few edits, or pieces in any order.
std::string random_line(std::mt19937& random) {
    const auto any = [&random](const auto& of) { return std::string(of[random() % of.size()]); };
    std::string line;
    if (random() % 4 == 0) {
        for (std::uint32_t left = random() % 8; left > 0; --left) line += any(pieces);
        return line;
    }
    line = any(sound);
    for (std::uint32_t left = random() % 4; left > 0 && !line.empty(); --left) {
        const std::size_t at = random() % line.size();
        switch (random() % 4) {
            case 0: line.erase(at, 1 + random() % 3); break;
            case 1: line.insert(at, any(pieces)); break;
            case 2: line.insert(at, line.substr(0, random() % line.size())); break;
            default: line[at] = static_cast<char>(' ' + random() % 95); break;
        }
    }
    return line;
}

std::string our_id(const std::string& line) {
    const auto record =
        parse_record({.number = 2, .text = line, .too_long = false, .has_newline = true}, inputs);
    return record && *record ? std::string((**record)["vm_id"]) : "none";
}

struct Tally {
    int accepted = 0;
    int refused_by_us_alone = 0;
};

void compare(const std::vector<std::string>& lines, const std::string& place, Tally& tally) {
    {
        std::ofstream input(place + "/lines");
        for (const std::string& line : lines) input << line << '\n';
        std::ofstream(place + "/filter") << filter;
    }
    const std::string command =
        fmt::format("jq -R -r -f {0}/filter {0}/lines >{0}/ids 2>{0}/errors", place);
    ASSERT_EQ(std::system(command.c_str()), 0);
    std::ifstream ids(place + "/ids");
    for (const std::string& line : lines) {
        std::string theirs;
        ASSERT_TRUE(std::getline(ids, theirs)) << line;
        const std::string ours = our_id(line);
        if (ours != "none") {
            ++tally.accepted;
            ASSERT_EQ(ours, theirs) << line;
        } else if (theirs != "none") {
            ++tally.refused_by_us_alone;
        }
    }
}

TEST(line_differential, row_47_what_we_accept_means_the_same_to_jq) {
    std::string place = std::filesystem::temp_directory_path() / "range42-lines-XXXXXX";
    ASSERT_NE(mkdtemp(place.data()), nullptr);
    std::mt19937 random(seed());
    Tally tally;
    for (int done = 0; done < count() && !HasFailure(); done += lines_at_once) {
        std::vector<std::string> lines;
        while (static_cast<int>(lines.size()) < std::min(lines_at_once, count() - done))
            lines.push_back(random_line(random));
        compare(lines, place, tally);
    }
    std::filesystem::remove_all(place);
    EXPECT_GT(tally.accepted, count() / 10);
    // Refusing more is safe, but a protocol that refuses most of it would be none.
    EXPECT_LT(tally.refused_by_us_alone, tally.accepted);
    fmt::print("{} lines: {} accepted alike, {} refused by us alone\n", count(), tally.accepted,
               tally.refused_by_us_alone);
}

}  // namespace
}  // namespace proxmox

// Its arguments are a number of lines and a seed: ./dev soak.
int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    if (argc > 1) proxmox::count() = std::atoi(argv[1]);
    if (argc > 2) proxmox::seed() = static_cast<std::uint32_t>(std::atoi(argv[2]));
    return RUN_ALL_TESTS();
}
