// Opening questions: ways that are gone before any line, and out of which lines come.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/opening.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "api/checks.h"
#include "base/escape.h"
#include "json/json.h"
#include "line/expand.h"
#include "line/grammar.h"

namespace proxmox {
namespace {

Failure cannot_be_listed(Line& line, std::string_view what, const Finding& finding) {
    Failure failed = failure(line, finding, fmt::format("the {} cannot be listed", what));
    const Check check = check_answer(finding, line.run.home.host_and_port, line.run.home.user);
    if (line.run.gives_advice) failed.advice = check.remedy;
    failed.hopeless.clear();
    return failed;
}

Failure cannot_be_read(Line& line, std::string_view what, const Error& error) {
    return failure(line, Exit::unreachable, fmt::format("the {} cannot be listed", what),
                   error.message);
}

}  // namespace

Way<Printed> open_with_nodes(Line& line) {
    Answer& answer = *co_await ask_for_list(line, "/nodes");
    if (const Finding finding = understand_status(answer); finding.verdict != Verdict::good)
        co_return ends_by(cannot_be_listed(line, "nodes", finding));
    std::vector<std::string> names;
    const auto read = json::each_row(answer.body, [&](const json::Value& row) -> Outcome {
        const std::string_view name = row["node"].text();
        if (!is_node_name(name)) return {};
        if (row["status"].text() == "online")
            names.emplace_back(name);
        else
            line.note(fmt::format("node {} is {}, its VMs are not listed", name,
                                  escape(row["status"].text())));
        return {};
    });
    if (!read) co_return ends_by(cannot_be_read(line, "nodes", read.error()));
    std::ranges::sort(names);
    Printed printed;
    for (const std::string& name : names) printed.further.emplace_back().set("proxmox_node", name);
    co_return printed;
}

Way<Printed> open_with_guests(Line& line, bool whole_cluster) {
    const Guest& kind = *line.run.subject.guest;
    std::string path = "/cluster/resources?type=vm";
    if (!whole_cluster)
        path = fmt::format("/nodes/{}/{}", percent_encode(line.run.home.node), kind.segment);
    Answer& answer = *co_await ask_for_list(line, std::move(path));
    if (const Finding finding = understand_status(answer); finding.verdict != Verdict::good)
        co_return ends_by(cannot_be_listed(line, "VMs", finding));
    std::map<std::int64_t, std::string> nodes;
    const auto read = json::each_row(answer.body, [&](const json::Value& row) -> Outcome {
        const json::Value type = row["type"];
        if (const auto id = row["vmid"].integer();
            id && (whole_cluster ? type.text() == kind.segment
                                 : !type.exists() || type.text() == kind.segment))
            nodes.emplace(*id, row["node"].text());
        return {};
    });
    if (!read) co_return ends_by(cannot_be_read(line, "VMs", read.error()));
    Printed printed;
    for (const auto& [id, node] : nodes) {
        Record& record = printed.further.emplace_back();
        record.set("vm_id", std::to_string(id));
        if (is_node_name(node)) record.set("proxmox_node", node);
    }
    co_return printed;
}

}  // namespace proxmox
