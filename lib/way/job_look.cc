// A Job before it acts: the guard, a free id, and the questions whose answers it needs.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "base/escape.h"
#include "line/expand.h"
#include "line/grammar.h"
#include "way/guard.h"
#include "way/job.h"
#include "api/retry.h"

namespace proxmox {
namespace {

constexpr std::string_view config_path = "/nodes/{proxmox_node}/qemu/{vm_id}/config";
constexpr std::string_view next_id_path = "/cluster/nextid";

}  // namespace

Step Job::ask_guard(const Moment& now) {
    if (!plan_.is_guarded) return ask_id(now);
    auto path = expand_path(config_path, record_);
    if (!path) return fail_line(Exit::line_failed, subject(), path.error().message);
    return ask(State::guard, {.path = std::move(*path)});
}

Step Job::guard_answered(const Finding& finding, const Moment& now) {
    const std::string phrase = fmt::format("{} was left alone", subject());
    if (finding.verdict == Verdict::no_such_vm) return locate(phrase, finding.cause);
    if (finding.verdict != Verdict::good) return fail_line(finding, phrase);
    const std::string refusal = refusal_of_guard(finding.data(), plan_.required_tag);
    if (!refusal.empty()) return fail_line(Exit::line_failed, phrase, refusal);
    return ask_id(now);
}

Step Job::ask_id(const Moment& now) {
    const std::string_view key = plan_.action.new_id;
    if (key.empty() || record_.has(key)) return ask_looks(now);
    state_ = State::id;
    if (plan_.range) return ReserveId{*plan_.range};
    return ask(State::id, {.path = std::string(next_id_path)});
}

Step Job::id_answered(const Finding& finding, const Moment& now) {
    constexpr std::string_view phrase = "no VM id can be had";
    // Asked about the one that was reserved, the node says whether it is taken.
    if (own_id_) {
        if (finding.verdict == Verdict::good) return reserved(*own_id_, now);
        if (finding.document.root()["errors"]["vmid"].exists()) return take_next_id(now);
        return fail_line(finding, phrase);
    }
    if (finding.verdict != Verdict::good) return fail_line(finding, phrase);
    proven_id_ = finding.data().integer();
    if (!proven_id_) return fail_line(Exit::unreachable, phrase, "the node names none");
    return ReserveId{{*proven_id_, largest_vm_id}};
}

Step Job::reserved(const Result<std::int64_t>& id, const Moment& now) {
    if (!id) return fail_line(id.error().exit, id.error().message, "");
    const bool is_proven = proven_id_ == *id || own_id_ == *id;
    own_id_ = *id;
    if (!is_proven) return ask(State::id, {.path = fmt::format("{}?vmid={}", next_id_path, *id)});
    record_.set(plan_.action.new_id, std::to_string(*id));
    return ask_looks(now);
}

Step Job::take_next_id(const Moment& now) {
    const std::int64_t taken = *own_id_;
    own_id_.reset();
    proven_id_.reset();
    record_.set(plan_.action.new_id, "");
    const std::int64_t highest = plan_.range ? plan_.range->highest : largest_vm_id;
    if (taken >= highest || ++ids_probed_ > id_probes_limit)
        return fail_line(Exit::line_failed, "no VM id can be had",
                         fmt::format("{} and those before it are taken", taken));
    state_ = State::id;
    tries_ = 0;
    asked_at_ = now.elapsed;
    return ReserveId{{taken + 1, highest}, taken};
}

Step Job::ask_looks(const Moment& now) {
    look_at_ = 0;
    return ask_next_look(now);
}

Step Job::ask_next_look(const Moment& now) {
    const auto& looks = plan_.action.looks;
    for (; look_at_ < looks.size(); ++look_at_) {
        const Look& look = looks.begin()[look_at_];
        if (!look.unless.empty() && record_.has(look.unless)) continue;
        if (!look.when.empty() && !record_.has(look.when)) continue;
        if (look.path.empty()) return look_prepared({}, now);
        auto path = expand_path(look.path, record_);
        if (!path) return fail_line(Exit::line_failed, subject(), path.error().message);
        return ask(State::look, {.path = std::move(*path)});
    }
    act_at_ = 0;
    return ask_act(now);
}

Step Job::look_answered(const Finding& finding, const Moment& now) {
    const std::string phrase = fmt::format("look-up failed for {}", subject());
    const bool may_fail = plan_.action.looks.begin()[look_at_].may_fail;
    if (finding.verdict == Verdict::no_such_vm && !may_fail) return locate(phrase, finding.cause);
    // Without the right to look, the act itself may still be allowed.
    if (finding.verdict != Verdict::good && finding.verdict != Verdict::forbidden && !may_fail)
        return fail_line(finding, phrase);
    return look_prepared(finding.data(), now);
}

Step Job::look_prepared(const json::Value& data, const Moment& now) {
    const Prepare prepare = plan_.action.looks.begin()[look_at_].prepare;
    ++look_at_;
    if (prepare == nullptr) return ask_next_look(now);
    const bool had_name = record_.has("vm_snapshot_name");
    const bool had_description = record_.has("vm_snapshot_description");
    Moment moment = now;
    moment.wall += names_tried_;
    const auto prepared = prepare(data, record_, moment);
    if (!prepared) return fail_line(prepared.error().exit, prepared.error().message, "");
    if (!prepared->empty()) note(*prepared);
    name_is_ours_ = !had_name && record_.has("vm_snapshot_name");
    description_is_ours_ = !had_description && record_.has("vm_snapshot_description");
    return ask_next_look(now);
}

}  // namespace proxmox
