// Where a line's guest is: the node that the line means, and the one that really has it.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/find.h"

#include <fmt/format.h>

#include "base/escape.h"
#include "line/grammar.h"

namespace proxmox {
namespace {

constexpr std::string_view nodes_path = "/nodes";
constexpr std::string_view next_id_path = "/cluster/nextid";
constexpr std::string_view guests_path = "/cluster/resources?type=vm";

}  // namespace

Way<bool> settle_node(Line& line) {
    Record& record = line.record;
    const std::string& home = line.run.home.node;
    if (!record.has("proxmox_node")) record.set("proxmox_node", home);
    if (record["proxmox_node"] == home || line.is_rehearsed) co_return false;
    const Finding nodes = co_await ask(line, std::string(nodes_path), true);
    if (nodes.verdict != Verdict::good)
        co_return ends_by(failure(line, nodes, "the nodes cannot be listed"));
    bool is_known = false;
    nodes.data().each([&](const json::Value& row) {
        is_known = is_known || row["node"].text() == record["proxmox_node"];
    });
    if (is_known) co_return false;
    if (!record.has("vm_id") || line.run.guarding.reach == Reach::named_node)
        co_return ends_by(
            failure(line, Exit::line_failed,
                    fmt::format("{} is not a node of this cluster", line.text(a_node.called))));
    line.note(fmt::format("proxmox_node {} is not a node of this cluster, using {}",
                          escape(record["proxmox_node"]), home));
    record.set("proxmox_node", home);
    co_return true;
}

Way<std::string> find_guest(Line& line, Failure& missing) {
    const Guest& kind = *line.run.subject.guest;
    Answer& answer = *co_await ask_for_list(line, std::string(guests_path), true);
    std::string node;
    const Guest* other = nullptr;
    // A list that cannot be read proves nothing: the first failure is the one to report.
    if (understand_status(answer).verdict == Verdict::good)
        (void)json::each_row(answer.body, [&](const json::Value& row) -> Outcome {
            if (row["vmid"].text() != line.record["vm_id"]) return {};
            for (const Guest* guest : {&qemu, &lxc})
                if (row["type"].text() == guest->segment && guest->segment != kind.segment)
                    other = guest;
            if (other == nullptr) node = row["node"].text();
            return {};
        });
    if (other != nullptr)
        missing.cause += fmt::format("{}it is {}", missing.cause.empty() ? "" : "; ", other->noun);
    if (!is_node_name(node) || node == line.record["proxmox_node"]) node.clear();
    co_return node;
}

Way<bool> is_id_free(Line& line) {
    const Finding free =
        co_await ask(line, fmt::format("{}?vmid={}", next_id_path, line.record["vm_id"]));
    co_return free.verdict == Verdict::good&& free.data().text() == line.record["vm_id"];
}

void follow(Line& line, const std::string& node) {
    line.note(fmt::format("{} is on node {}", line.subject(), node));
    line.record.set("proxmox_node", node);
    line.deadline.reset();
}

}  // namespace proxmox
