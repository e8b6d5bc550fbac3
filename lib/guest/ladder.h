// A Ladder is a wait for something that becomes ready in stages, each with a time of its own.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "api/retry.h"

namespace proxmox {

using std::chrono::milliseconds;

/// One stage: what is waited for, how long, and what to check when it does not come.
struct Rung {
    std::string_view name{};
    milliseconds limit{};
    std::string_view advice{};
    /// A look comes when a share of the time so far has passed again, within these bounds.
    milliseconds first_pause{250};
    milliseconds longest_pause{2'000};
};

/// Before the node was heard of at all it gets as long as from any tool: who waits for a machine
/// does not wait for an address that is wrong.
inline constexpr Rung connection_rung{.name = "connection to the node",
                                      .limit = connect_retry_window,
                                      .first_pause = first_retry_pause};

/// Knows which rung is missing, since when, and when to look again. Has no clock.
class Ladder {
  public:
    explicit Ladder(std::vector<Rung> rungs) : rungs_(std::move(rungs)) {}

    /// All rungs together get no more time than this.
    void begin(milliseconds now, milliseconds limit) {
        rung_began_at_ = now;
        deadline_ = now + limit;
    }

    /// A look has shown that `rung` is the first that is missing. Time begins anew with each rung
    /// that is reached; one that is lost again gets none.
    void miss(std::size_t rung, milliseconds now) {
        if (rung > rung_) {
            rung_ = rung;
            rung_began_at_ = now;
        }
    }

    const Rung& missing() const { return rungs_[rung_]; }
    bool is_over(milliseconds now) const { return now >= due(); }
    bool is_over_at(std::size_t rung, milliseconds now) const {
        return rung_ == rung && is_over(now);
    }
    milliseconds left(milliseconds now) const { return std::max(due() - now, milliseconds{0}); }
    milliseconds waited(milliseconds now) const { return now - rung_began_at_; }

    /// When to look again: the later the longer it has taken, and never past the end.
    milliseconds next_look(milliseconds now) const {
        const Rung& rung = rungs_[rung_];
        const milliseconds pause = pause_after(waited(now), rung.first_pause, rung.longest_pause);
        return std::min(now + pause, due());
    }

  private:
    milliseconds due() const { return std::min(rung_began_at_ + rungs_[rung_].limit, deadline_); }

    std::vector<Rung> rungs_;
    std::size_t rung_ = 0;
    milliseconds rung_began_at_{};
    milliseconds deadline_{};
};

}  // namespace proxmox
