// The ledger: what each line has printed and said, given out in its turn.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: all that is known of a line which waits for its turn.
#pragma once

#include <deque>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "print/failed_lines.h"
#include "print/printing.h"
#include "process/output.h"
#include "way/want.h"

namespace proxmox {

/// How a run ended.
struct RunEnd {
    Exit exit = Exit::ok;
    /// A line whose outcome is unknown but whose state was printed counts as done.
    std::size_t lines_done = 0;
    std::size_t lines_failed = 0;
};

/// Lines are given out in their order. Those that keep a timeline are part of a deployment, where
/// each machine goes on as soon as it can: they are given out as they end.
class Ledger {
  public:
    Ledger(const Printing& printing, Output& output) : printing_(printing), output_(output) {}

    /// From now on, lines that fail are also written there.
    void keep_failed(FailedLines& failed) { failed_ = &failed; }

    /// A place in the order for a line; its text as it came is kept for the file of failed lines.
    std::size_t open(std::string_view line = {});
    void end(std::size_t slot, Ending ending, const Record& record);
    /// Nothing is to be told at this place.
    void drop(std::size_t slot);

    /// Gives out what has come to its turn. While others are under way a slow reader is not waited
    /// for: what it does not take is left, and the ledger stalls.
    void flush(bool others_are_underway);
    bool is_stalled() const { return is_stalled_; }
    std::size_t held() const { return slots_.size(); }

    RunEnd& result() { return result_; }
    const RunEnd& result() const { return result_; }

  private:
    struct Slot {
        bool is_done = false;
        bool goes_at_once = false;
        /// Part of it has been given out, which nothing else may interrupt.
        bool is_begun = false;
        bool is_given = false;
        /// An input line led to it, or it has changed something.
        bool must_be_told = false;
        std::string output{};
        std::shared_ptr<RowLines> rows{};
        std::vector<std::string> traces{};
        std::string line{};
        std::string failed{};
        std::string advice{};
        /// Bytes of the output that stdout has taken.
        std::size_t written = 0;
    };

    Slot* next();
    static bool has_output(Slot& slot);
    bool offer(Slot& slot);
    void give_out(Slot slot);

    const Printing& printing_;
    Output& output_;
    std::deque<Slot> slots_;
    /// Those that are done and go at once.
    std::size_t hurried_ = 0;
    std::size_t first_slot_ = 0;
    FailedLines* failed_ = nullptr;
    std::set<std::string> advice_given_;
    bool is_stalled_ = false;
    RunEnd result_;
};

}  // namespace proxmox
