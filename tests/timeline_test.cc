// Timelines: which bars are on the critical path, and what a picture never lets through.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "print/timeline.h"

#include <gtest/gtest.h>

namespace proxmox {
namespace {

Timeline timeline_of(std::initializer_list<const char*> records) {
    Timeline timeline;
    for (const char* record : records) {
        const auto document = json::Document::parse(record);
        EXPECT_TRUE(timeline.add(document->root())) << record;
    }
    timeline.settle();
    return timeline;
}

std::string critical_of(const Timeline& timeline) {
    std::string all;
    for (const TimelineRow& row : timeline.rows())
        for (const Bar& bar : row.bars)
            if (bar.is_critical) all += row.name + ' ' + bar.stage + "; ";
    return all;
}

TEST(timeline, the_path_goes_back_through_whom_a_machine_waited_for) {
    const Timeline timeline =
        timeline_of({R"({"vm_name":"a","timeline":{"clone":[100,110],"boot":[110,115]}})",
                     R"({"vm_name":"b","timeline":{"clone":[110,120],"boot":[120,140]}})",
                     R"({"vm_name":"c","timeline":{"clone":[100,104],"boot":[104,109]}})"});
    EXPECT_EQ(critical_of(timeline), "a clone; b clone; b boot; ");
    EXPECT_DOUBLE_EQ(timeline.length(), 40);
    EXPECT_EQ(timeline.stages(), (std::vector<std::string>{"clone", "boot"}));
    EXPECT_DOUBLE_EQ(median_of_stage(timeline, "boot"), 5);
}

TEST(timeline, records_without_moments_are_laid_end_to_end) {
    const Timeline timeline = timeline_of({R"({"vm_id":7,"timings":{"a":1.5,"b":2}})"});
    ASSERT_EQ(timeline.rows().size(), 1U);
    EXPECT_EQ(timeline.rows()[0].name, "7");
    EXPECT_DOUBLE_EQ(timeline.rows()[0].bars[1].start, 1.5);
    EXPECT_DOUBLE_EQ(timeline.length(), 3.5);
}

TEST(timeline, what_has_no_time_in_it_is_no_row) {
    for (const char* record :
         {"{}", R"({"timings":null})", R"({"timings":{"a":"x"}})", R"({"timeline":{"a":[2,1]}})",
          R"({"timeline":{"a":[1e999,1]}})", R"({"timeline":[1]})", "[]", "7"}) {
        Timeline timeline;
        const auto document = json::Document::parse(record);
        const bool is_taken = document && timeline.add(document->root());
        EXPECT_FALSE(is_taken) << record;
    }
}

TEST(timeline, names_never_become_markup_or_escapes) {
    const Timeline timeline = timeline_of(
        {R"({"vm_name":"<script>&\"\u001b[31m","timeline":{"</svg><b>":[1,2]},"ok":false})"});
    const std::string picture = svg_of(timeline), text = text_of(timeline, 80);
    EXPECT_EQ(picture.find("<script>"), std::string::npos);
    EXPECT_EQ(picture.find("<b>"), std::string::npos);
    EXPECT_EQ(picture.find('\x1b'), std::string::npos);
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_NE(picture.find(">failed<"), std::string::npos);
    EXPECT_NE(text.find("failed"), std::string::npos);
}

}  // namespace
}  // namespace proxmox
