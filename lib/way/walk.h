// A Walk is a line under way: it tells the loop what the line wants, until it has ended.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "way/line.h"

namespace proxmox {

/// Begins the way of a line. What it needs beyond the line outlives the run.
using WayOf = std::function<Way<Printed>(Line& line)>;

class Walk {
  public:
    Walk(const Run& run, ClaimedTasks& claimed, Record record, WayOf way_of);

    /// Each gives what the way comes to next.
    Step begin(const Moment& now);
    Step go_on(Told told, const Moment& now);

    /// From now on the way may put things in order, and nothing else.
    void interrupt() { stand_.interrupt(); }
    /// What an interrupted way does instead of going on; nothing where it already does that, or has
    /// nothing to do.
    std::optional<Step> wind_up(const Moment& now);
    /// How the line ends when the run does not wait for it.
    Ending cut_short();

    const Doing& doing() const { return stand_.doing; }
    const Record& record() const { return line_.record; }

  private:
    Step next();
    Ending end(Reached<Printed> printed);

    Stand stand_;
    Line line_;
    WayOf way_of_;
    std::optional<Way<Printed>> way_{};
};

/// How a line ends by this failure: its words, with the line's number in them.
Ending ending_of(const Line& line, const Failure& failed);

/// After the first failure, what became of taking back what it had left behind.
Ending joined(Ending first, const std::vector<std::string>& traces, bool is_taken_back);

/// What the line would lead to, as JSON lines; nothing is sent.
std::string rehearsal_of(const Run& run, Record record, const WayOf& way_of);

}  // namespace proxmox
