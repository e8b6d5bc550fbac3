// The ledger: what each line has printed and said, given out in its turn.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "loop/ledger.h"

#include <algorithm>
#include <utility>

#include "base/escape.h"
#include "print/row_lines.h"
#include "print/unfinished.h"

namespace proxmox {

std::size_t Ledger::open(std::string_view line) {
    Slot& slot = slots_.emplace_back();
    if (failed_ != nullptr) slot.line = line;
    return first_slot_ + slots_.size() - 1;
}

void Ledger::end(std::size_t slot, Ending ending, const Record& record) {
    result_.exit = worse(result_.exit, ending.exit);
    const bool is_done = ending.exit == Exit::ok || !ending.output.empty();
    ++(is_done ? result_.lines_done : result_.lines_failed);
    Slot& target = slots_[slot - first_slot_];
    const bool is_told =
        printing_.prints_failures && ending.exit != Exit::ok && ending.output.empty();
    if (is_told) ending.output = print_failure(printing_, record, ending.exit, ending.reason);
    if (failed_ != nullptr && ending.exit != Exit::ok && record.line_number() > 0)
        target.failed =
            refeedable(target.line, printing_.inputs.front().key, record, ending.reason);
    target.advice = std::move(ending.advice);
    target.is_done = true;
    target.goes_at_once = !record.carried()[timeline_key].empty();
    hurried_ += target.goes_at_once ? 1 : 0;
    target.must_be_told = record.line_number() > 0 || ending.has_changed;
    target.output = std::move(ending.output);
    target.rows = std::move(ending.rows);
    target.traces = std::move(ending.traces);
}

void Ledger::drop(std::size_t slot) { slots_[slot - first_slot_].is_done = true; }

void Ledger::flush(bool others_are_underway) {
    is_stalled_ = false;
    while (Slot* const slot = next()) {
        slot->is_begun = true;
        // A reader that is slow must not keep us from the answers that others wait for.
        if (others_are_underway && !offer(*slot)) {
            is_stalled_ = true;
            return;
        }
        hurried_ -= slot->goes_at_once ? 1 : 0;
        give_out(std::exchange(*slot, {.is_done = true, .is_given = true}));
        for (; !slots_.empty() && slots_.front().is_given; ++first_slot_) slots_.pop_front();
    }
}

/// What is given out now: what was begun, else the first in the order, else what need not wait.
Ledger::Slot* Ledger::next() {
    if (slots_.empty()) return nullptr;
    if (hurried_ == 0) return slots_.front().is_done ? &slots_.front() : nullptr;
    const auto begun = std::ranges::find_if(slots_, &Slot::is_begun);
    if (begun != slots_.end()) return &*begun;
    const auto ready = std::ranges::find_if(slots_, [this](const Slot& slot) {
        return !slot.is_given && slot.is_done && (slot.goes_at_once || &slot == &slots_.front());
    });
    return ready == slots_.end() ? nullptr : &*ready;
}

void Ledger::give_out(Slot slot) {
    while (has_output(slot)) {
        std::string_view rest = std::string_view(slot.output).substr(slot.written);
        slot.written = slot.output.size();
        if (output_.put(rest)) continue;
        if (!slot.must_be_told) break;
        // What a line led to must not be lost with its reader: it is told on stderr instead.
        rest.remove_suffix(rest.ends_with('\n') ? 1 : 0);
        output_.trace("not written: " + escape(rest));
    }
    for (const std::string& text : slot.traces) output_.trace(text);
    if (!slot.advice.empty() && advice_given_.insert(slot.advice).second)
        output_.advice(slot.advice);
    if (!slot.failed.empty()) failed_->add(output_.shown(slot.failed));
}

/// Whether something of the slot's output is still to be written; makes the next piece of it.
bool Ledger::has_output(Slot& slot) {
    if (slot.written < slot.output.size()) return true;
    if (slot.rows == nullptr) return false;
    slot.written = 0;
    return slot.rows->next_piece(slot.output);
}

/// True once all of the slot's output is taken, or none ever will be.
bool Ledger::offer(Slot& slot) {
    while (!output_.is_broken() && has_output(slot)) {
        slot.written += output_.offer(std::string_view(slot.output).substr(slot.written));
        if (slot.written < slot.output.size()) return output_.is_broken();
    }
    return true;
}

}  // namespace proxmox
