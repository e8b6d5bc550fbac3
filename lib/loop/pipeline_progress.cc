// The run's progress: what is counted, who has been at it the longest, and how far its task is.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "base/escape.h"
#include "line/expand.h"
#include "line/grammar.h"
#include "loop/pipeline.h"

namespace proxmox {
namespace {

/// A task is asked how far it is once it has run for that long, and again after that time.
constexpr milliseconds log_pause{1'000};
constexpr int log_page_lines = 500;

}  // namespace

void Pipeline::tell_progress() {
    const milliseconds now = moment().elapsed;
    if (progress_->due().value_or(milliseconds::max()) > now) return;
    progress_->show({.done = result_.lines_done,
                     .failed = result_.lines_failed,
                     .running = running_.size(),
                     .waiting = waiting_.size(),
                     .elapsed = now,
                     .slowest = slowest_job(now)});
}

std::string Pipeline::slowest_job(milliseconds now) {
    const auto slowest = std::ranges::min_element(
        running_, {}, [](const auto& entry) { return entry.second.since; });
    if (slowest == running_.end()) return {};
    const Work& job = *slowest->second.work;
    std::string text = fmt::format("{}: {}", escape(job.subject()), job.waits_for());
    if (const std::string_view upid = job.awaited_task(); !upid.empty()) {
        if (watched_.upid != upid)
            watched_ = {.upid = std::string(upid), .next_question = now + log_pause};
        if (!watched_.progress.empty()) text += ", " + watched_.progress;
        ask_progress(upid, now);
    }
    return text;
}

/// Only where somebody looks: the log is of no use to the run itself.
void Pipeline::ask_progress(std::string_view upid, milliseconds now) {
    if (!progress_->is_shown() || watched_.is_asked || now < watched_.next_question) return;
    watched_.is_asked = true;
    watched_.next_question = now + log_pause;
    receivers_.emplace(
        transfers_.start(
            {.path = fmt::format("/nodes/{}/tasks/{}/log?start={}&limit={}", parse_upid(upid)->node,
                                 percent_encode(upid), watched_.log_lines, log_page_lines)}),
        ForProgress{watched_.upid});
}

void Pipeline::deliver_progress(const std::string& upid, const Answer& answer) {
    if (watched_.upid != upid) return;
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
