// The onlooker: who has been at it the longest, and how far that line's task is.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "loop/onlooker.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/escape.h"

namespace proxmox {
namespace {

/// A task is asked how far it is once it has run for that long, and again after that time.
constexpr milliseconds log_pause{1'000};

}  // namespace

void Onlooker::look(Loop& loop, Progress counted) {
    if (const auto log = loop.take_log(); log && log->first == watched_.upid) read_log(log->second);
    const milliseconds now = loop.clock().now().elapsed;
    if (line_.due().value_or(milliseconds::max()) > now) return;
    counted.running = loop.underway().size();
    counted.elapsed = now;
    counted.slowest = slowest_line(loop, now);
    line_.show(counted);
}

std::string Onlooker::slowest_line(Loop& loop, milliseconds now) {
    const auto began_at = [](const auto& entry) { return entry.second.walk->doing().began_at; };
    const auto slowest = std::ranges::min_element(loop.underway(), {}, began_at);
    if (slowest == loop.underway().end()) return {};
    const Doing& doing = slowest->second.walk->doing();
    std::string text = fmt::format("{}: {}", escape(doing.subject), doing.waits_for);
    if (doing.task.empty()) return text;
    if (watched_.upid != doing.task)
        watched_ = {.upid = doing.task, .next_question = now + log_pause};
    if (!watched_.progress.empty()) text += ", " + watched_.progress;
    ask_progress(loop, now);
    return text;
}

/// Only where somebody looks: the log is of no use to the run itself.
void Onlooker::ask_progress(Loop& loop, milliseconds now) {
    if (!line_.is_shown() || watched_.is_asked || now < watched_.next_question) return;
    watched_.is_asked = true;
    watched_.next_question = now + log_pause;
    loop.ask_for_log(watched_.upid, watched_.log_lines);
}

void Onlooker::read_log(const Answer& answer) {
    watched_.is_asked = false;
    const Finding finding = understand(answer);
    if (finding.verdict != Verdict::good) return;
    finding.data().each([this](const json::Value& row) {
        watched_.log_lines = std::max(watched_.log_lines, row["n"].integer().value_or(0));
        std::string progress = progress_in_log(row["t"].text());
        if (!progress.empty()) watched_.progress = std::move(progress);
    });
}

}  // namespace proxmox
