// A timeline for a terminal: a letter for each stage, capitals for the critical path.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "base/display_width.h"
#include "base/escape.h"
#include "print/timeline.h"

namespace proxmox {
namespace {

constexpr std::size_t widest_name = 24, narrowest_chart = 20, room_for_end = 14;
constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";

/// The first letter of a stage's last word that no stage before it has.
std::string letters_of(const std::vector<std::string>& stages) {
    std::string taken;
    for (const std::string& stage : stages) {
        const std::size_t word = stage.find_last_of("_.- ") + 1;
        const std::string wishes = stage.substr(word) + stage + std::string(letters);
        const auto free = std::ranges::find_if(wishes, [&taken](char letter) {
            return letter >= 'a' && letter <= 'z' && !taken.contains(letter);
        });
        taken += free == wishes.end() ? '?' : *free;
    }
    return taken;
}

std::string padded(std::string_view name, std::size_t columns) {
    const std::string cut = cut_to_width(escape(name), columns);
    return cut + std::string(columns - display_width(cut), ' ');
}

}  // namespace

std::string text_of(const Timeline& timeline, std::size_t columns) {
    std::size_t name_columns = 0;
    for (const TimelineRow& row : timeline.rows())
        name_columns =
            std::max(name_columns, std::min(widest_name, display_width(escape(row.name))));
    const std::size_t taken = name_columns + room_for_end + 2;
    const std::size_t chart = columns > taken + narrowest_chart ? columns - taken : narrowest_chart;
    const std::string marks = letters_of(timeline.stages());
    const double scale = double(chart) / std::max(timeline.length(), 1e-3);
    std::string out;
    for (const TimelineRow& row : timeline.rows()) {
        std::string bars(chart, ' ');
        for (const Bar& bar : row.bars) {
            const auto stage = std::ranges::find(timeline.stages(), bar.stage);
            char mark = marks[static_cast<std::size_t>(stage - timeline.stages().begin())];
            if (bar.is_critical && mark >= 'a') mark = static_cast<char>(mark - 'a' + 'A');
            const auto first = std::min(static_cast<std::size_t>(bar.start * scale), chart - 1);
            const auto last = std::min(static_cast<std::size_t>(bar.end * scale) + 1, chart);
            for (std::size_t at = first; at < std::max(last, first + 1); ++at) bars[at] = mark;
        }
        out += fmt::format("{} {} {}\n", padded(row.name, name_columns), bars,
                           row.has_failed ? "failed" : text_of_seconds(row.bars.back().end));
    }
    out += '\n';
    for (std::size_t at = 0; at < timeline.stages().size(); ++at)
        out += fmt::format("{} {} {}  ", marks[at], escape(timeline.stages()[at]),
                           text_of_seconds(median_of_stage(timeline, timeline.stages()[at])));
    return out + "(medians; capitals: the critical path)\n";
}

}  // namespace proxmox
