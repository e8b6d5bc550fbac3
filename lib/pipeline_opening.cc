// The run's opening question, where it has one: which nodes there are, or which VMs.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "escape.h"
#include "expand.h"
#include "grammar.h"
#include "pipeline.h"
#include "retry.h"

namespace proxmox {

void Pipeline::add_every_node() { opening_ = {.path = "/nodes", .asks_nodes = true}; }

void Pipeline::add_every_vm() {
    opening_ = {.path = fmt::format("/nodes/{}/qemu", percent_encode(plan_.node))};
}

void Pipeline::ask_opening() {
    const milliseconds now = moment().elapsed;
    if (!opening_ || !opening_->due || *opening_->due > now || cut_short_at_) return;
    opening_->due.reset();
    opening_->asked_at = now;
    receivers_.emplace(transfers_.start({.path = opening_->path}), ForOpening{});
}

void Pipeline::deliver_opening(Answer& answer) {
    const Finding finding = understand_status(answer);
    const milliseconds now = moment().elapsed;
    if (may_read_again(finding.verdict, opening_->tries, now - opening_->asked_at)) {
        ++opening_->tries;
        opening_->due = now + jittered(first_retry_pause * opening_->tries, plan_.seed);
        return;
    }
    const bool asks_nodes = std::exchange(opening_, std::nullopt)->asks_nodes;
    std::string cause = finding.cause;
    Exit exit = exit_of_read(finding.verdict);
    if (finding.verdict == Verdict::unreachable)
        cause = fmt::format("cannot reach https://{}: {}", plan_.host_and_port, cause);
    if (finding.verdict == Verdict::good) {
        const auto read = asks_nodes ? add_nodes(answer.body) : add_vms(answer.body);
        if (read) return;
        cause = read.error().message;
        exit = Exit::unreachable;
    }
    end_first(fmt::format("the {} cannot be listed: {}", asks_nodes ? "nodes" : "VMs", cause),
              exit);
}

/// A slot for what is said before the first line.
void Pipeline::end_first(std::string text, Exit exit) {
    Ending ending{.exit = exit, .reason = text};
    ending.traces.push_back(std::move(text));
    slots_.emplace_back();
    end_slot(first_slot_ + slots_.size() - 1, std::move(ending), Record());
}

Outcome Pipeline::add_nodes(std::string& list) {
    std::vector<std::string> names;
    std::vector<std::string> absent;
    const auto read = json::each_row(list, [&](const json::Value& row) -> Outcome {
        const std::string_view name = row["node"].text();
        if (!is_node_name(name)) return {};
        if (row["status"].text() == "online")
            names.emplace_back(name);
        else
            absent.push_back(fmt::format("node {} is {}, its VMs are not listed", name,
                                         escape(row["status"].text())));
        return {};
    });
    if (!read) return read;
    for (std::string& words : absent) end_first(std::move(words), Exit::ok);
    std::ranges::sort(names);
    for (const std::string& name : names) {
        Record record;
        record.set("proxmox_node", name);
        add(std::move(record));
    }
    return {};
}

Outcome Pipeline::add_vms(std::string& list) {
    std::vector<std::int64_t> ids;
    const auto read = json::each_row(list, [&ids](const json::Value& row) -> Outcome {
        if (const auto id = row["vmid"].integer()) ids.push_back(*id);
        return {};
    });
    if (!read) return read;
    std::ranges::sort(ids);
    for (const std::int64_t id : ids) {
        Record record;
        record.set("vm_id", std::to_string(id));
        add(std::move(record));
    }
    return {};
}

}  // namespace proxmox
