// The progress line: what a long run is doing, in one calm line that goes when the run ends.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "base/display_width.h"
#include "base/escape.h"
#include "process/terminal.h"

namespace proxmox {
namespace {

constexpr std::size_t log_text_limit = 40;
constexpr std::string_view separator = " | ";

std::string clock_text(milliseconds elapsed) {
    const auto passed_s = std::chrono::duration_cast<std::chrono::seconds>(elapsed).count();
    return fmt::format("{}:{:02}", passed_s / 60, passed_s % 60);
}

}  // namespace

std::string progress_text(const Progress& progress, std::size_t columns) {
    std::string text =
        fmt::format("{} {} done, {} failed, {} running", clock_text(progress.elapsed),
                    progress.done, progress.failed, progress.running);
    if (progress.waiting > 0) text += fmt::format(", {} waiting", progress.waiting);
    // Where there is little room, numbers say it in the same order.
    if (text.size() > columns)
        text = fmt::format("{} {}/{}/{}", clock_text(progress.elapsed), progress.done,
                           progress.failed, progress.running);
    else if (!progress.slowest.empty())
        text.append(separator).append(progress.slowest);
    return cut_to_width(text, columns);
}

std::string progress_in_log(std::string_view line) {
    if (line.starts_with("TASK ") || line == "no content") return {};
    const std::string_view before = line.substr(0, std::min(line.rfind('%'), line.size()));
    const std::string_view number = before.substr(before.find_last_not_of("0123456789.") + 1);
    if (before.size() == line.size() || number.empty()) return escape(line, log_text_limit);
    return fmt::format("{} %", number.substr(0, number.find('.')));
}

std::optional<milliseconds> ProgressLine::due() const {
    if (when_ == ShowProgress::never) return std::nullopt;
    return last_ + pause_;
}

void ProgressLine::show(Progress progress) {
    if (due().value_or(milliseconds::max()) > progress.elapsed) return;
    // Before the line is cut: half a secret is not recognized any more.
    progress.slowest = output_.shown(progress.slowest);
    last_ = progress.elapsed;
    const std::size_t width = terminal_can_rewrite() ? terminal_width(STDERR_FILENO) : 0;
    if (width == 0) {
        if (when_ == ShowProgress::automatic) when_ = ShowProgress::never;
        if (when_ == ShowProgress::never) return;
        pause_ = plain_progress_pause;
        is_shown_ = true;
        return output_.plain_progress(progress_text(progress, usual_terminal_width));
    }
    pause_ = progress_pause;
    if (!is_in_foreground(STDERR_FILENO)) {
        is_shown_ = false;
        return output_.hide_progress();
    }
    // The last column stays free: some terminals go on to the next line once it is written.
    is_shown_ = output_.show_progress(progress_text(progress, width - 1));
}

}  // namespace proxmox
