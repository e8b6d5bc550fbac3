// Cuts: an answer or a line that ends early, at any byte, is never taken for a whole one.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "api.h"
#include "record.h"
#include "task_watch.h"
#include "test_paths.h"

namespace proxmox {
namespace {

constexpr std::string_view upid =
    "UPID:px:00001234:00005678:6540A1B2:qmstart:100:range42@pam!devkit:";
constexpr Inputs inputs{{"vm_id", Type::vm_id, required},
                        {"proxmox_node", Type::node},
                        {"vm_snapshot_name", Type::snapshot_name}};

Answer good_answer(std::string_view body) {
    return {.transport = Transport::answered, .status = 200, .body = std::string(body)};
}

std::vector<std::string> recorded_answers() {
    std::vector<std::string> bodies;
    for (const auto& entry : std::filesystem::directory_iterator(test_answers)) {
        std::ifstream file(entry.path(), std::ios::binary);
        bodies.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    return bodies;
}

/// How many of the tasks watched have ended after this answer to a poll.
std::size_t ended_after(std::string_view body) {
    TaskWatch watch("px");
    watch.add(1, {std::string(upid), milliseconds{30'000}}, milliseconds{0});
    EXPECT_TRUE(watch.poll(milliseconds{1'000}));
    Answer answer = good_answer(body);
    watch.answered(answer, milliseconds{1'000});
    return watch.take_ended().size();
}

TEST(cuts, no_part_of_an_answer_is_good) {
    const auto bodies = recorded_answers();
    ASSERT_GE(bodies.size(), 10u);
    for (const std::string& body : bodies) {
        EXPECT_EQ(understand(good_answer(body)).verdict, Verdict::good) << body;
        for (std::size_t size = 0; size < body.size(); ++size)
            EXPECT_EQ(understand(good_answer(body.substr(0, size))).verdict, Verdict::not_proxmox)
                << body.substr(0, size);
    }
}

TEST(cuts, no_part_of_a_list_is_a_whole_list) {
    for (const std::string& body : recorded_answers()) {
        for (std::size_t size = 0; size < body.size(); ++size) {
            std::string part = body.substr(0, size);
            EXPECT_FALSE(json::each_row(part, [](const json::Value&) { return Outcome{}; }))
                << body.substr(0, size);
        }
    }
}

TEST(cuts, no_part_of_a_task_list_ends_a_task) {
    std::size_t lists = 0;
    for (const std::string& body : recorded_answers()) {
        if (body.find("endtime") == std::string::npos) continue;
        ++lists;
        EXPECT_EQ(ended_after(body), 1u);
        for (std::size_t size = 0; size < body.size(); ++size)
            EXPECT_EQ(ended_after(body.substr(0, size)), 0u) << body.substr(0, size);
    }
    EXPECT_GE(lists, 1u);
}

TEST(cuts, no_part_of_an_object_is_an_input_line) {
    const auto parse = [](std::string_view text) {
        return parse_record(
            {.number = 1, .text = std::string(text), .too_long = false, .has_newline = false},
            inputs);
    };
    for (const std::string whole :
         {R"({"vm_id":100,"proxmox_node":"px","vm_snapshot_name":"clean","x":[1,{"y":null}]})",
          R"({"vm_id":"100"})", R"({ "vm_name" : "caf\u00e9 \"1\"" , "vm_id" : 100 })",
          R"({"action":"vm_list","proxmox_node":"px","vm_id":100,"vm_name":"a","vm_uptime":0})",
          "\"100\""}) {
        const auto record = parse(whole);
        ASSERT_TRUE(record && *record) << whole;
        for (std::size_t size = 1; size < whole.size(); ++size)
            EXPECT_FALSE(parse(whole.substr(0, size))) << whole.substr(0, size);
    }
}

}  // namespace
}  // namespace proxmox
