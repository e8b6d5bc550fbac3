// A Shift is the work on all lines of a run, from the first that comes in to the last to go out.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: the parts of a run, each by its name.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "loop/intake.h"
#include "loop/interruption.h"
#include "loop/lanes.h"
#include "loop/ledger.h"
#include "loop/loop.h"
#include "loop/onlooker.h"

namespace proxmox {

/// Makes the way of a line, out of nothing but the line.
using WayMaker = std::function<Way<Printed>(Line& line)>;

/// What a shift works with; all of it outlives the shift.
struct ShiftPlace {
    Transfers& transfers;
    Output& output;
    const Signals& signals;
    /// For tools that make guests.
    Equipment* equipment = nullptr;
};

class Shift {
  public:
    Shift(const Run& run, std::size_t jobs, const ShiftPlace& place, WayMaker way_of);

    /// Takes a record as if it had been read.
    void add(Record record);
    /// A way that is gone before any line, and adds those that have come of it.
    void open_with(WayMaker opening);
    /// From now on, lines that fail are also written there.
    void keep_failed(FailedLines& failed) { ledger_.keep_failed(failed); }
    /// From now on the run shows how far it is.
    void show_progress(ProgressLine& line) { onlooker_.emplace(line); }
    /// Takes the answer to a question that lines share as if it had been asked.
    void know(const std::string& path, Answer answer);
    /// Each record is given what this finds for it before it begins.
    void prepare_with(std::function<Outcome(Record&)> prepare) { prepare_ = std::move(prepare); }

    /// Works until every line has ended; `input` may be null.
    RunEnd work(LineReader* input, std::span<const Given> given = {});

  private:
    struct Place {
        std::size_t slot;
        std::vector<std::string> lanes{};
    };

    void take_in(Intake& intake);
    void begin_lines();
    void collect();
    void cut_short(Intake& intake);
    void give_up(Intake& intake);
    void flush();
    void tell_progress();
    Outcome wait(Intake& intake);
    Ending not_attempted(const Record& record, std::string_view why) const;
    bool is_over(const Intake& intake) const;
    RunEnd result();

    const Run& run_;
    const std::size_t jobs_limit_;
    const ShiftPlace place_;
    const WayMaker way_of_;
    Loop loop_;
    Lanes lanes_;
    Ledger ledger_;
    Interruption interruption_;
    std::optional<Onlooker> onlooker_{};
    std::function<Outcome(Record&)> prepare_{};
    std::map<Loop::Number, Place> places_;
    /// The line that opens the run, while it is under way.
    Loop::Number opening_ = 0;
    /// Since lines were last begun one has ended, which may be what another waits for.
    bool has_freed_place_ = false;
    /// Why no further line begins: each that is left says so.
    std::optional<Error> hopeless_{};
};

}  // namespace proxmox
