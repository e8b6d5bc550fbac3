// A timeline out of records: rows of bars, and the critical path through them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "print/timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>

namespace proxmox {
namespace {

/// Between the end of a stage and the beginning of what waited for it.
constexpr double handover_s = 0.25;
constexpr double seconds_per_minute = 60;

std::optional<double> number_of(const json::Value& value) {
    if (!value.is(json::Kind::number)) return std::nullopt;
    const double number = std::strtod(std::string(value.text()).c_str(), nullptr);
    return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

std::string name_of(const json::Value& record) {
    for (const std::string_view key : {"vm_name", "lxc_name", "vm_id", "lxc_id", "ssh_host"})
        if (const json::Value name = record[key]; !name.text().empty())
            return std::string(name.text());
    return "?";
}

/// "timeline" says when each stage began and ended.
std::vector<Bar> bars_of_moments(const json::Value& moments) {
    std::vector<Bar> bars;
    moments.each([&bars](const json::Value& stage) {
        const auto start = number_of(stage.first()), end = number_of(stage.first().next());
        if (start && end && *end >= *start)
            bars.push_back({std::string(stage.key()), *start, *end});
    });
    return bars;
}

/// "timings" says only how long each stage took: they are laid end to end.
std::vector<Bar> bars_of_durations(const json::Value& durations) {
    std::vector<Bar> bars;
    double at = 0;
    durations.each([&](const json::Value& stage) {
        const auto duration = number_of(stage);
        if (!duration || *duration < 0) return;
        bars.push_back({std::string(stage.key()), at, at + *duration});
        at += *duration;
    });
    return bars;
}

}  // namespace

bool Timeline::add(const json::Value& record) {
    TimelineRow row{.name = name_of(record), .has_failed = record["ok"].text() == "false"};
    row.bars = bars_of_moments(record["timeline"]);
    if (row.bars.empty()) row.bars = bars_of_durations(record["timings"]);
    if (row.bars.empty()) return false;
    std::ranges::stable_sort(row.bars, {}, &Bar::start);
    rows_.push_back(std::move(row));
    return true;
}

void Timeline::settle() {
    double first = std::numeric_limits<double>::max(), last = 0;
    for (const TimelineRow& row : rows_)
        for (const Bar& bar : row.bars) {
            first = std::min(first, bar.start);
            last = std::max(last, bar.end);
        }
    if (rows_.empty()) return;
    length_ = last - first;
    for (TimelineRow& row : rows_)
        for (Bar& bar : row.bars) bar.start -= first, bar.end -= first;
    std::ranges::stable_sort(rows_, {}, [](const TimelineRow& row) { return row.bars[0].start; });
    std::vector<const Bar*> bars;
    for (const TimelineRow& row : rows_)
        for (const Bar& bar : row.bars) bars.push_back(&bar);
    std::ranges::stable_sort(bars, {}, &Bar::start);
    for (const Bar* bar : bars)
        if (std::ranges::find(stages_, bar->stage) == stages_.end()) stages_.push_back(bar->stage);
    mark_critical();
}

/// Backwards from what ended last: a stage began when the one before it on its row had ended, or
/// when another machine had left the same stage, which so many may be in at a time.
void Timeline::mark_critical() {
    Bar* at = nullptr;
    TimelineRow* of = nullptr;
    for (TimelineRow& row : rows_)
        for (Bar& bar : row.bars)
            if (at == nullptr || bar.end > at->end) at = &bar, of = &row;
    while (at != nullptr) {
        at->is_critical = true;
        Bar* before = nullptr;
        TimelineRow* before_of = nullptr;
        const auto consider = [&](Bar& bar, TimelineRow& row) {
            const bool may_be =
                !bar.is_critical && bar.start < at->start && bar.end <= at->start + handover_s;
            if (may_be && (before == nullptr || bar.end > before->end))
                before = &bar, before_of = &row;
        };
        for (Bar& bar : of->bars) consider(bar, *of);
        const bool was_waiting = before == nullptr || before->end + handover_s < at->start;
        for (TimelineRow& row : rows_)
            for (Bar& bar : row.bars)
                if (was_waiting && &row != of && bar.stage == at->stage) consider(bar, row);
        at = before;
        of = before_of;
    }
}

std::string text_of_seconds(double seconds) {
    if (seconds < seconds_per_minute) return fmt::format("{:.1f} s", seconds);
    using Seconds = std::chrono::duration<double>;
    const auto whole = std::chrono::round<std::chrono::seconds>(Seconds(seconds)).count();
    if (whole % 60 == 0) return fmt::format("{} min", whole / 60);
    return fmt::format("{} min {} s", whole / 60, whole % 60);
}

double median_of_stage(const Timeline& timeline, std::string_view stage) {
    std::vector<double> times;
    for (const TimelineRow& row : timeline.rows())
        for (const Bar& bar : row.bars)
            if (bar.stage == stage) times.push_back(bar.end - bar.start);
    if (times.empty()) return 0;
    std::ranges::sort(times);
    return times[times.size() / 2];
}

}  // namespace proxmox
