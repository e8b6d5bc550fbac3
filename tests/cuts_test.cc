// Cuts: an answer or a line that ends early, at any byte, is never taken for a whole one.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "api/api.h"
#include "factory/creation.h"
#include "line/lines.h"
#include "line/record.h"
#include "loop/task_watch.h"
#include "test_paths.h"

namespace proxmox {
namespace {

constexpr std::string_view upid =
    "UPID:px:00001234:00005678:6540A1B2:qmstart:100:range42@pam!devkit:";
constexpr Input inputs[]{{"vm_id", Type::vm_id, required},
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

/// An input of a tool, line by line as it would come.
struct Sample {
    List<Input> inputs;
    std::string text;
};

const Sample samples[] = {
    {one_vm,
     "100\n\n 101\r\n{\"vm_id\":102}\n{\"vm_id\":\"103\",\"proxmox_node\":\"px\"}\n\"104\"\n"},
    {one_vm_to_harm,
     "{\"vm_id\":100,\"vm_snapshot_name\":\"clean\"}\n"
     "{\"vm_snapshot_name\":\"a-1\",\"vm_id\":101,\"x\":[1,{\"y\":\"\\u00e9\"}]}\n"},
    {new_machine,
     "web-01\n{\"vm_name\":\"db-01\",\"vm_memory\":2048,\"vm_tags\":\"a;b\"}\n"
     "{\"vm_id\":9001,\"vm_name\":\"x\",\"vm_description\":\"caf\xc3\xa9\"}\n"},
    {{{"upid", Type::upid, required}, {whole_line}},
     "UPID:px:00001234:00005678:6540A1B2:qmstart:100:range42@pam!devkit:\n"
     "{\"action\":\"vm_start\",\"upid\":"
     "\"UPID:px:00001234:00005678:6540A1B2:qmstart:101:range42@pam!devkit:\",\"vm_id\":\"101\"}\n"},
    {{{"template_recipe", Type::object, required}, {"proxmox_node", Type::node}},
     "{\"template_recipe\":{\"os\":\"alpine\",\"v\":[3,20]}}\n"},
};

/// What each line of a text is taken for, in the words of its keys.
std::vector<std::string> meanings(Inputs keys, std::string_view text) {
    std::array<int, 2> ends{};
    EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
    EXPECT_EQ(write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    close(ends[1]);
    LineReader reader(ends[0]);
    std::vector<std::string> all;
    while (!reader.exhausted()) {
        const auto line = reader.next();
        EXPECT_TRUE(line || reader.exhausted() || reader.fill());
        if (!line) continue;
        const auto record = parse_record(*line, keys);
        std::string meaning = record ? "" : "refused";
        for (const Input& input : keys)
            if (record && *record) meaning += std::string((**record)[input.key]) + '|';
        all.push_back(std::move(meaning));
    }
    close(ends[0]);
    return all;
}

TEST(cuts, row_42_no_part_of_an_input_means_what_the_whole_does_not) {
    for (const Sample& sample : samples) {
        const std::vector<std::string> whole = meanings(sample.inputs, sample.text);
        EXPECT_EQ(std::ranges::count(whole, "refused"), 0);
        for (std::size_t size = 0; size < sample.text.size(); ++size) {
            const std::string_view part = std::string_view(sample.text).substr(0, size);
            std::vector<std::string> taken = meanings(sample.inputs, part);
            const std::size_t last = part.rfind('\n') + 1;
            const std::string_view begun =
                part.substr(last, part.find_last_not_of(" \r") + 1 - last);
            const bool is_object = begun.starts_with('{') && !begun.ends_with("}");
            ASSERT_LE(taken.size(), whole.size());
            EXPECT_TRUE(!is_object || taken.back() == "refused") << part;
            // A bare word that is cut is another word: the end of the input is the end of a line.
            if (part.size() > last) taken.pop_back();
            for (std::size_t at = 0; at < taken.size(); ++at)
                EXPECT_EQ(taken[at], whole[at]) << part;
        }
    }
}

}  // namespace
}  // namespace proxmox
