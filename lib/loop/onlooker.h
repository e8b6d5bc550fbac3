// The onlooker: tells the progress line what a run is doing. Nobody depends on it.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "loop/loop.h"
#include "process/progress.h"

namespace proxmox {

class Onlooker {
  public:
    explicit Onlooker(ProgressLine& line) : line_(line) {}

    std::optional<milliseconds> due() const { return line_.due(); }
    /// Shows how far the run is, where it is time to.
    void look(Loop& loop, Progress counted);

  private:
    /// How far the task is that the progress line shows.
    struct Watched {
        std::string upid{};
        std::int64_t log_lines = 0;
        std::string progress{};
        milliseconds next_question{};
        bool is_asked = false;
    };

    std::string slowest_line(Loop& loop, milliseconds now);
    void ask_progress(Loop& loop, milliseconds now);
    void read_log(const Answer& answer);

    ProgressLine& line_;
    Watched watched_{};
};

}  // namespace proxmox
