// The interruption: what ends a run before its lines, and how long what was begun is awaited.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "loop/loop.h"
#include "process/output.h"
#include "process/signals.h"

namespace proxmox {

/// After an interruption, how long a change that was sent may still be answered.
inline constexpr milliseconds interrupted_patience{2'000};
/// ... and how long programs that were told to stop may put things in order.
inline constexpr milliseconds interrupted_program_patience =
    execution_stop_limit + 2 * execution_end_limit;

class Interruption {
  public:
    Interruption(const Signals& signals, const Output& output)
        : signals_(signals), output_(output) {}

    /// A signal has come, or nobody takes the lines any more.
    bool has_cause() const { return is_signal() || output_.is_broken(); }
    bool has_come() const { return came_at_.has_value(); }
    bool is_signal() const { return signals_.received() != 0; }

    /// Tells the loop, the first time.
    void come(Loop& loop) {
        came_at_ = loop.clock().now().elapsed;
        loop.close();
        if (is_signal())
            loop.interrupt();
        else
            loop.abandon_unsent();
    }
    bool is_patience_over(Loop& loop) const {
        return loop.clock().now().elapsed >= *came_at_ + patience(loop);
    }
    /// The lines that are no longer waited for. A reader that is gone does not end what was begun;
    /// a signal does, once that can be told.
    std::vector<Loop::Number> given_up(Loop& loop) const {
        std::vector<Loop::Number> numbers;
        for (const auto& [number, line] : loop.underway()) {
            const Doing& doing = line.walk->doing();
            const bool may_wait = doing.reply_is_due && !is_patience_over(loop);
            if (!doing.change_is_open || (is_signal() && !may_wait)) numbers.push_back(number);
        }
        return numbers;
    }
    std::optional<milliseconds> due(const Loop& loop) const {
        if (!came_at_ || !is_signal()) return std::nullopt;
        return *came_at_ + patience(loop);
    }
    int descriptor() const { return signals_.descriptor(); }

  private:
    static milliseconds patience(const Loop& loop) {
        return loop.runs_programs() ? interrupted_program_patience : interrupted_patience;
    }

    const Signals& signals_;
    const Output& output_;
    std::optional<milliseconds> came_at_{};
};

}  // namespace proxmox
