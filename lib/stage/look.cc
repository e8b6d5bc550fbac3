// Before a line acts: its guard, and the questions whose answers it needs.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/look.h"

#include <fmt/format.h>

#include "stage/guard.h"
#include "stage/rehearsal.h"

namespace proxmox {
namespace {

Reached<void> fill(Line& line, Prepare prepare, const json::Value& data, const Moment& moment) {
    if (prepare == nullptr) return {};
    auto prepared = prepare(data, line.record, moment);
    if (!prepared) return ends_by(failure(line, prepared.error().exit, prepared.error().message));
    if (!prepared->empty()) line.note(std::move(*prepared));
    return {};
}

}  // namespace

Way<void> keep_guard(Line& line) {
    const Guarding& guarding = line.run.guarding;
    const bool has_to_fit = guarding.reach != Reach::cluster &&
                            (line.record.has("vm_name") || line.record.has("vm_uuid"));
    if ((!guarding.is_on && !has_to_fit) || line.is_rehearsed) co_return;
    auto path = line.path("{guest}/config");
    if (!path)
        co_await ends_by(failure(line, Exit::line_failed, line.subject(), path.error().message));
    const std::string phrase = fmt::format("{} was left alone", line.subject());
    const Finding config = co_await ask(line, std::move(*path));
    if (config.verdict != Verdict::good) {
        Failure failed = failure(line, config, phrase);
        if (config.verdict == Verdict::no_such_vm) failed = guest_missing(line, phrase, config);
        co_await ends_by(std::move(failed));
    }
    std::string refusal;
    if (guarding.is_on) refusal = refusal_of_guard(config.data(), guarding.required_tag);
    if (refusal.empty() && has_to_fit) refusal = refusal_of_line(config.data(), line.record);
    if (!refusal.empty())
        co_await ends_by(failure(line, Exit::line_failed, phrase, std::move(refusal)));
}

Reached<void> prepare(Line& line, Prepare prepare) {
    if (line.is_rehearsed) return rehearse_preparation(line, prepare);
    return fill(line, prepare, {}, line.stand.now());
}

Way<void> look(Line& line, Look look) {
    const Moment now = line.stand.now();
    co_await look_at(line, look, now);
}

Way<Finding> see(Line& line, std::string_view path) {
    Finding seen;
    if (line.is_rehearsed) {
        rehearse(line, Method::get, path);
        co_return seen;
    }
    const std::string phrase = fmt::format("look-up failed for {}", line.subject());
    auto whole = line.path(path);
    if (!whole)
        co_return ends_by(failure(line, Exit::line_failed, line.subject(), whole.error().message));
    seen = co_await ask(line, std::move(*whole));
    if (seen.verdict == Verdict::no_such_vm) co_return ends_by(guest_missing(line, phrase, seen));
    if (seen.verdict != Verdict::good) co_return ends_by(failure(line, seen, phrase));
    co_return seen;
}

Way<void> look_at(Line& line, Look look, Moment moment) {
    if (!look.fills.empty() && line.record.has(look.fills)) co_return;
    if (look.path.empty()) {
        co_await prepare(line, look.prepare);
        co_return;
    }
    if (line.is_rehearsed) {
        rehearse(line, Method::get, look.path, look.query);
        for (const std::string_view key : look.gives) stand_for_itself(line.record, key);
        co_return;
    }
    auto path = line.path(look.path, look.query);
    if (!path)
        co_await ends_by(failure(line, Exit::line_failed, line.subject(), path.error().message));
    const Finding finding = co_await ask(line, std::move(*path));
    const std::string phrase = fmt::format("look-up failed for {}", line.subject());
    // Without the right to look, the act itself may still be allowed.
    const bool may_go_on =
        look.may_fail || finding.verdict == Verdict::good || finding.verdict == Verdict::forbidden;
    if (!may_go_on && finding.verdict == Verdict::no_such_vm)
        co_await ends_by(guest_missing(line, phrase, finding));
    if (!may_go_on) co_await ends_by(failure(line, finding, phrase));
    co_await fill(line, look.prepare, finding.data(), moment);
}

}  // namespace proxmox
