// The run's opening question, where it has one: which nodes there are, or which VMs.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "api/checks.h"
#include "base/escape.h"
#include "line/expand.h"
#include "line/grammar.h"
#include "loop/pipeline.h"
#include "api/retry.h"

namespace proxmox {

void Pipeline::add_every_node() { opening_ = {.path = "/nodes", .asks_nodes = true}; }

void Pipeline::add_every_vm(bool whole_cluster) {
    opening_ = {.path = whole_cluster ? "/cluster/resources?type=vm"
                                      : fmt::format("/nodes/{}/qemu", percent_encode(plan_.node))};
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
    const auto fail_with = [&](Exit exit, std::string_view cause, std::string advice) {
        end_first(fmt::format("the {} cannot be listed: {}", asks_nodes ? "nodes" : "VMs", cause),
                  exit, std::move(advice));
    };
    if (finding.verdict == Verdict::good) {
        const auto read = asks_nodes ? add_nodes(answer.body) : add_vms(answer.body);
        if (!read) fail_with(Exit::unreachable, read.error().message, "");
        return;
    }
    const Check check = check_answer(finding, plan_.host_and_port, plan_.user);
    fail_with(exit_of_read(finding.verdict), check.finding, plan_.gives_advice ? check.remedy : "");
}

/// A slot for what is said before the first line.
void Pipeline::end_first(std::string text, Exit exit, std::string advice) {
    Ending ending{.exit = exit, .reason = text, .advice = std::move(advice)};
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
    std::map<std::int64_t, std::string> nodes;
    const auto read = json::each_row(list, [&nodes](const json::Value& row) -> Outcome {
        const bool is_vm = !row["type"].exists() || row["type"].text() == "qemu";
        if (const auto id = row["vmid"].integer(); id && is_vm)
            nodes.emplace(*id, row["node"].text());
        return {};
    });
    if (!read) return read;
    for (const auto& [id, node] : nodes) {
        Record record;
        record.set("vm_id", std::to_string(id));
        if (is_node_name(node)) record.set("proxmox_node", node);
        add(std::move(record));
    }
    return {};
}

}  // namespace proxmox
