// Calls about tasks: lists, state, log, and stopping one.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "calls/calls.h"
#include "calls/collections.h"
#include "http/names.h"

namespace demo_node {

namespace {

constexpr std::size_t cluster_list_rows = 25;
constexpr long default_limit = 50;

/// UPID:node:8 hex:8 or 9 hex:8 hex:type:id:user: with nothing odd in the last three.
bool is_upid(std::string_view text) {
    const auto is_hex = [](std::string_view part) {
        return part.size() >= 8 && part.size() <= 9 && std::ranges::all_of(part, [](char byte) {
                   return is_digit(byte) || (byte >= 'A' && byte <= 'F');
               });
    };
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const std::size_t end = text.find(':');
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return false;
        text.remove_prefix(end + 1);
    }
    return parts.size() == 8 && parts[0] == "UPID" && is_node_name(parts[1]) && is_hex(parts[2]) &&
           is_hex(parts[3]) && is_hex(parts[4]) && !parts[5].empty() &&
           parts[7].find('@') != std::string_view::npos;
}

std::string_view status_kind(const Task& task) {
    if (task.exit_status == "OK") return "ok";
    if (task.exit_status.starts_with("WARNINGS: ")) return "warning";
    return task.running ? "unknown" : "error";
}

bool in_list(std::string_view list, std::string_view wanted) {
    while (!list.empty()) {
        const std::size_t end = list.find_first_of(",; ");
        if (list.substr(0, end) == wanted) return true;
        list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
    }
    return false;
}

bool may_see(const Call& call, const Task& task) {
    return task.user == call.token.name || call.token.may("Sys.Audit", "/nodes/" + task.node);
}

bool is_wanted(const Call& call, const Task& task) {
    const Parameters& wanted = call.parameters;
    const std::string statuses = wanted.text("statusfilter");
    return may_see(call, task) && (!wanted.find("vmid") || task.id == wanted.text("vmid")) &&
           task.starttime >= wanted.number("since") &&
           task.starttime <= wanted.number("until", INT64_MAX) &&
           task.type.find(wanted.text("typefilter")) != std::string::npos &&
           task.user.find(wanted.text("userfilter")) != std::string::npos &&
           (!wanted.flag("errors") || (!task.running && status_kind(task) == "error")) &&
           (statuses.empty() || in_list(statuses, status_kind(task)));
}

/// The task that a UPID in the path means, or why it cannot be looked at.
std::expected<const Task*, Answer> wanted_task(const Call& call, std::string_view privilege) {
    const std::string upid = call.parameters.text("upid");
    if (!is_upid(upid))
        return std::unexpected(refuse_parameter("upid", "unable to parse worker upid"));
    const Task* task = call.stage.tasks.find(upid);
    if (!task || task->node != call.node())
        return std::unexpected(refuse_parameter("upid", "no such task"));
    if (task->user == call.token.name) return task;
    if (auto refusal = require(call, privilege, "/nodes/" + task->node))
        return std::unexpected(std::move(*refusal));
    return task;
}

}  // namespace

Answer task_list(Call& call) {
    Stage& stage = call.stage;
    const std::string source = call.parameters.text("source", "archive");
    std::vector<const std::string*> upids;
    if (source != "archive")
        for (const std::string& upid : stage.tasks.active(call.node())) upids.push_back(&upid);
    if (source != "active")
        for (const std::string& upid : stage.tasks.archive(call.node())) upids.push_back(&upid);
    const long start = call.parameters.number("start");
    const long limit = call.parameters.number("limit", default_limit);
    std::vector<std::string> rows;
    long total = 0;
    for (const std::string* upid : upids) {
        const Task& task = *stage.tasks.find(*upid);
        if (!is_wanted(call, task)) continue;
        if (total >= start && total < start + limit)
            rows.push_back(task_row(task, stage.random, false));
        ++total;
    }
    Answer answer = success(array(rows));
    // Seen on a real node: an empty list comes without a total.
    if (total > 0) answer.body.insert(answer.body.size() - 1, fmt::format(",\"total\":{}", total));
    return answer;
}

Answer task_status(Call& call) {
    const auto task = wanted_task(call, "Sys.Audit");
    if (!task) return task.error();
    const Task& shown = **task;
    JsonObject object;
    object.text("upid", shown.upid).text("node", shown.node).text("type", shown.type);
    object.text("id", shown.id).number("pid", shown.pid).number("pstart", shown.pstart);
    object.number("starttime", shown.starttime);
    const std::size_t mark = shown.user.find('!');
    object.text("user", shown.user.substr(0, mark)).text("tokenid", shown.user.substr(mark + 1));
    object.text("status", shown.running ? "running" : "stopped");
    if (!shown.running) object.text("exitstatus", shown.exit_status);
    return success(object.str(call.stage.random));
}

Answer task_log(Call& call) {
    const std::string upid = call.parameters.text("upid");
    if (!is_upid(upid)) return refuse_parameter("upid", "unable to parse worker upid");
    std::vector<std::string> lines{"unable to open file - No such file or directory"};
    if (call.stage.tasks.find(upid)) {
        const auto task = wanted_task(call, "Sys.Audit");
        if (!task) return task.error();
        lines = (*task)->log;
        if (lines.empty()) lines = {"no content"};
    }
    const auto start = static_cast<std::size_t>(call.parameters.number("start"));
    const auto limit = static_cast<std::size_t>(call.parameters.number("limit", default_limit));
    std::vector<std::string> rows;
    for (std::size_t at = start; at < lines.size() && rows.size() < limit; ++at) {
        JsonObject row;
        row.number("n", at + 1).text("t", lines[at]);
        rows.push_back(row.str(call.stage.random));
    }
    Answer answer = success(array(rows));
    answer.body.insert(answer.body.size() - 1, fmt::format(",\"total\":{}", lines.size()));
    return answer;
}

Answer task_stop(Call& call) {
    const auto task = wanted_task(call, "Sys.Modify");
    if (!task) return task.error();
    call.stage.tasks.interrupt((*task)->upid);
    return success("null");
}

Answer cluster_tasks(Call& call) {
    Stage& stage = call.stage;
    std::vector<const Task*> tasks;
    for (const ClusterNode& node : stage.cluster.nodes) {
        std::size_t rows = 0;
        for (const auto* upids : {&stage.tasks.active(node.name), &stage.tasks.archive(node.name)})
            for (const std::string& upid : *upids) {
                const Task* task = stage.tasks.find(upid);
                if (rows++ < cluster_list_rows && may_see(call, *task)) tasks.push_back(task);
            }
    }
    std::vector<std::string> rows;
    for (const Task* task : tasks) rows.push_back(task_row(*task, stage.random, true));
    return success(array(rows));
}

}  // namespace demo_node
