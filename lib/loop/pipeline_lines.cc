// The run's lines: how they come in, what is kept of each, and how they go out in their order.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <utility>

#include "base/escape.h"
#include "loop/pipeline.h"
#include "line/row_lines.h"
#include "line/unfinished.h"

namespace proxmox {

void Pipeline::read_lines(LineReader& input) {
    while (slots_.size() < lines_held_limit && !cut_short_at_) {
        const auto line = input.next();
        if (!line) return;
        take_line(*line);
    }
}

void Pipeline::take_line(const Line& line) {
    auto record = parse_record(line, plan_.action.input, {plan_.carries, plan_.given});
    if (record && !*record) return;
    if (!record) return refuse_line(line, record.error());
    add(std::move(**record));
    if (failed_ != nullptr) slots_.back().line = line.text;
}

void Pipeline::refuse_line(const Line& line, const Error& error) {
    slots_.emplace_back();
    if (failed_ != nullptr) slots_.back().line = line.text;
    Ending ending{.exit = error.exit, .reason = error.message};
    // Upstream's words, wherever it is the id that upstream would have looked for.
    const bool is_about_ids = plan_.action.input.begin()->key == "vm_id";
    ending.traces.push_back(fmt::format("skip line, {}: {} (line {}: {})",
                                        is_about_ids ? "cannot extract integer vm_id" : "not taken",
                                        escape(line.text), line.number, error.message));
    // What failed in an earlier tool of the pipe stays as that one told it.
    if (plan_.prints_failures && is_failure(line.text)) ending.output = line.text + '\n';
    Record record(line.number);
    record.set("line", escape(line.text));
    end_slot(first_slot_ + slots_.size() - 1, std::move(ending), record);
}

void Pipeline::end_slot(std::size_t slot, Ending ending, const Record& record) {
    result_.exit = worse(result_.exit, ending.exit);
    const bool is_done = ending.exit == Exit::ok || !ending.output.empty();
    ++(is_done ? result_.lines_done : result_.lines_failed);
    Slot& target = slots_[slot - first_slot_];
    const bool is_told = plan_.prints_failures && ending.exit != Exit::ok && ending.output.empty();
    if (is_told) ending.output = print_failure(plan_, record, ending.exit, ending.reason);
    if (failed_ != nullptr && ending.exit != Exit::ok && record.line_number() > 0)
        target.failed =
            refeedable(target.line, plan_.action.input.begin()->key, record, ending.reason);
    target.advice = std::move(ending.advice);
    target.is_done = true;
    target.is_of_line = record.line_number() > 0;
    target.output = std::move(ending.output);
    target.rows = std::move(ending.rows);
    target.traces = std::move(ending.traces);
}

void Pipeline::flush() {
    for (const std::string& note : transfers_.take_notes()) output_.warning(note);
    is_stalled_ = false;
    while (!slots_.empty() && slots_.front().is_done) {
        // A reader that is slow must not keep us from the answers that others wait for.
        if (!running_.empty() && !offer(slots_.front())) {
            is_stalled_ = true;
            return;
        }
        Slot slot = std::move(slots_.front());
        slots_.pop_front();
        ++first_slot_;
        while (has_output(slot)) {
            std::string_view rest = std::string_view(slot.output).substr(slot.written);
            slot.written = slot.output.size();
            if (output_.put(rest)) continue;
            if (!slot.is_of_line) break;
            // What a line led to must not be lost with its reader: it is told on stderr instead.
            rest.remove_suffix(rest.ends_with('\n') ? 1 : 0);
            output_.trace("not written: " + escape(rest));
        }
        for (const std::string& text : slot.traces) output_.trace(text);
        if (!slot.advice.empty() && advice_given_.insert(slot.advice).second)
            output_.advice(slot.advice);
        if (!slot.failed.empty()) failed_->add(slot.failed);
    }
}

/// Whether something of the slot's output is still to be written; makes the next piece of it.
bool Pipeline::has_output(Slot& slot) {
    if (slot.written < slot.output.size()) return true;
    if (slot.rows == nullptr) return false;
    slot.written = 0;
    return slot.rows->next_piece(slot.output);
}

/// True once all of the slot's output is taken, or none ever will be.
bool Pipeline::offer(Slot& slot) {
    while (!output_.is_broken() && has_output(slot)) {
        slot.written += output_.offer(std::string_view(slot.output).substr(slot.written));
        if (slot.written < slot.output.size()) return output_.is_broken();
    }
    return true;
}

}  // namespace proxmox
