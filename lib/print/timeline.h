// A timeline: which machine was in which stage when, and the way through it that decided the end.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/json.h"

namespace proxmox {

/// One stage of one machine; times are seconds since the timeline's beginning.
struct Bar {
    std::string stage{};
    double start = 0;
    double end = 0;
    /// Had it been shorter, all would have ended earlier.
    bool is_critical = false;
};

struct TimelineRow {
    std::string name{};
    /// In the order in which they began.
    std::vector<Bar> bars{};
    bool has_failed = false;
};

class Timeline {
  public:
    /// Takes what a record says of its stages; nothing where it says nothing.
    bool add(const json::Value& record);
    /// Puts the rows in the order of their beginnings, counts from the first of them, and marks
    /// the critical path.
    void settle();

    const std::vector<TimelineRow>& rows() const { return rows_; }
    /// The stages in the order in which they first began.
    const std::vector<std::string>& stages() const { return stages_; }
    double length() const { return length_; }

  private:
    void mark_critical();

    std::vector<TimelineRow> rows_;
    std::vector<std::string> stages_;
    double length_ = 0;
};

/// "4 min 12 s", "3.2 s". No mathematics beyond what the processor does: each library more delays
/// the start of all tools.
std::string text_of_seconds(double seconds);
/// The middle one of how long machines were in this stage.
double median_of_stage(const Timeline& timeline, std::string_view stage);

/// A picture that stands for itself, light or dark as its reader wants it.
std::string svg_of(const Timeline& timeline);
/// The same for a terminal that has so many columns.
std::string text_of(const Timeline& timeline, std::size_t columns);

}  // namespace proxmox
