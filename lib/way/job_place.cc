// A Job's place: the node its line means, the one that has the VM, and what may be seen there.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <array>

#include "base/escape.h"
#include "line/grammar.h"
#include "way/job.h"
#include "api/privileges.h"

namespace proxmox {
namespace {

constexpr std::string_view everything_path = "/cluster/resources?type=vm";

}  // namespace

Step Job::nodes_answered(const Finding& finding, const Moment& now) {
    if (finding.verdict != Verdict::good) return fail_line(finding, "the nodes cannot be listed");
    bool is_known = false;
    finding.data().each([&](const json::Value& row) {
        is_known = is_known || row["node"].text() == record_["proxmox_node"];
    });
    if (!is_known && !record_.has("vm_id"))
        return fail_line(Exit::line_failed,
                         fmt::format("{} is not a node of this cluster", subject()), "");
    if (!is_known) {
        note(fmt::format("proxmox_node {} is not a node of this cluster, using {}",
                         escape(record_["proxmox_node"]), plan_.node));
        node_is_foreign_ = true;
        record_.set("proxmox_node", plan_.node);
    }
    return ask_guard(now);
}

Step Job::locate(std::string phrase, std::string cause) {
    change_is_open_ = false;
    failure_phrase_ = std::move(phrase);
    failure_cause_ = std::move(cause);
    // A line for a node that is not ours must not end up on a third one.
    if (is_located_ || (node_is_foreign_ && !plan_.action.may_be_gone))
        return fail_line(Exit::line_failed, failure_phrase_, failure_cause_);
    is_located_ = true;
    return ask(State::locate, {.path = std::string(everything_path)}, true);
}

Step Job::locate_answered(Answer& answer, const Moment& now) {
    std::string node;
    bool is_there = false;
    bool is_container = false;
    bool is_whole = understand_status(answer).verdict == Verdict::good;
    if (is_whole)
        is_whole = json::each_row(answer.body, [&](const json::Value& row) -> Outcome {
                       if (row["vmid"].text() != record_["vm_id"]) return {};
                       is_there = true;
                       is_container = row["type"].text() == "lxc";
                       if (!is_container) node = row["node"].text();
                       return {};
                   }).has_value();
    if (is_container)
        failure_cause_ += (failure_cause_.empty() ? "" : "; ") + std::string("it is a container");
    if (is_node_name(node) && node != record_["proxmox_node"]) {
        note(fmt::format("{} is on node {}", subject(), node));
        record_.set("proxmox_node", node);
        failure_phrase_.clear();
        deadline_.reset();
        return ask_guard(now);
    }
    // A list that cannot be read proves nothing: the first failure is the one to report.
    if (plan_.action.may_be_gone && is_whole && !is_there) {
        note(fmt::format("{} is not there any more", subject()));
        return finish(json::Value{});
    }
    if (plan_.action.match.field.empty())
        return fail_line(Exit::line_failed, failure_phrase_, failure_cause_);
    note(failure_phrase_);  // a miss is no failure, as upstream has it
    return finish(std::string{});
}

/// A list that may not be seen is as empty as one with nothing in it.
Step Job::permissions_answered(const Finding& finding) {
    const std::string phrase = fmt::format("no VM to be seen on {}", subject());
    const bool is_known = finding.verdict == Verdict::good;
    if (!is_known)
        note(fmt::format("{}: there is none, or the token lacks {}", phrase, list_privilege));
    else if (privileges_on_vms(finding.data()).contains(std::string(list_privilege)))
        note(phrase + ": there is none");
    else
        note(fmt::format("{}: token {} lacks {}; on the node: {}", phrase, escape(plan_.user),
                         list_privilege,
                         command_to_grant(std::array{std::string(list_privilege)}, plan_.user)));
    return finish(std::string{});
}

/// By the same rules as the doctor's.
std::string Job::how_to_grant() const {
    const auto needed = privileges_of(plan_.action);
    const std::vector<std::string> privileges(needed.begin(), needed.end());
    return "on the node: " + command_to_grant(privileges, plan_.user) + "; see range42-doctor";
}

}  // namespace proxmox
