// Lanes: lines that wait, because what they are about is being worked on already.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "line/record.h"

namespace proxmox {

/// A line that has not begun, and its place in the order of the lines.
struct Waiting {
    std::size_t slot;
    Record record;
    std::vector<std::string> lanes{};
};

class Lanes {
  public:
    void add(Waiting line) { waiting_.push_back(std::move(line)); }
    std::size_t waiting() const { return waiting_.size(); }

    /// The first line that shares no lane with one that is under way.
    std::optional<Waiting> take_next() {
        const auto next = std::ranges::find_if(waiting_, [this](const Waiting& line) {
            return std::ranges::none_of(line.lanes,
                                        [this](const auto& lane) { return is_busy(lane); });
        });
        if (next == waiting_.end()) return std::nullopt;
        std::optional<Waiting> taken(std::move(*next));
        waiting_.erase(next);
        return taken;
    }
    std::optional<Waiting> take_first() {
        if (waiting_.empty()) return std::nullopt;
        std::optional<Waiting> taken(std::move(waiting_.front()));
        waiting_.pop_front();
        return taken;
    }

    void occupy(const std::vector<std::string>& lanes) {
        for (const std::string& lane : lanes) ++busy_[lane];
    }
    void leave(const std::vector<std::string>& lanes) {
        for (const std::string& lane : lanes)
            if (const auto found = busy_.find(lane); --found->second == 0) busy_.erase(found);
    }

  private:
    /// A guest that has no id yet is in nobody's way.
    bool is_busy(const std::string& lane) const { return !lane.empty() && busy_.contains(lane); }

    std::deque<Waiting> waiting_;
    std::map<std::string, int> busy_;
};

}  // namespace proxmox
