// The progress line: what a long run is doing, in one calm line that goes when the run ends.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "process/output.h"

namespace proxmox {

using std::chrono::milliseconds;

/// A run that is shorter than that says nothing of its progress.
inline constexpr milliseconds progress_patience{1'000};
inline constexpr milliseconds progress_pause{250};
/// Where no line can be written again, a new one comes after this time.
inline constexpr milliseconds plain_progress_pause{1'000};

enum class ShowProgress : std::uint8_t { automatic, always, never };

/// What a run is doing.
struct Progress {
    std::size_t done = 0;
    std::size_t failed = 0;
    std::size_t running = 0;
    std::size_t waiting = 0;
    milliseconds elapsed{};
    /// "vm_id 104: task qmclone, 45 %"
    std::string slowest{};
};

/// The line, cut to `columns`. Pure.
std::string progress_text(const Progress& progress, std::size_t columns);

/// How far a task is by a line of its log: the percentage, else the line; empty for its ending.
std::string progress_in_log(std::string_view line);

/// Says when a line is due and puts it on the terminal, unless another process has one there.
class ProgressLine {
  public:
    ProgressLine(Output& output, ShowProgress when) : output_(output), when_(when) {}
    ~ProgressLine() { output_.hide_progress(); }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    /// When `show` should be called next; nothing when it need not be.
    std::optional<milliseconds> due() const;
    /// The terminal is ours, so that it is worth asking how far things are.
    bool is_shown() const { return is_shown_; }
    void show(Progress progress);

  private:
    Output& output_;
    ShowProgress when_;
    bool is_shown_ = false;
    milliseconds last_{};
    milliseconds pause_ = progress_patience;
};

}  // namespace proxmox
