// New VM ids: one that nobody else has been given, and the next one where it turns out to be taken.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/ids.h"

#include <fmt/format.h>

#include "api/retry.h"
#include "line/grammar.h"
#include "stage/rehearsal.h"

namespace proxmox {
namespace {

constexpr std::string_view next_id_path = "/cluster/nextid";
constexpr std::string_view no_id_phrase = "no VM id can be had";

/// What is reserved after this id was found taken.
Reached<ReserveId> range_after(Line& line, NewId& id, std::int64_t taken) {
    id.own.reset();
    line.record.set(line.run.making.new_id, "");
    const auto& range = line.run.making.range;
    const std::int64_t highest = range ? range->highest : largest_vm_id;
    if (taken >= highest || ++id.probed > id_probes_limit)
        return ends_by(failure(line, Exit::line_failed, std::string(no_id_phrase),
                               fmt::format("{} and those before it are taken", taken)));
    return ReserveId{{taken + 1, highest}, taken};
}

/// Reserves until the node says of one that it is free; `proven` is known to be.
Way<void> settle_id(Line& line, NewId& id, ReserveId wanted, std::optional<std::int64_t> proven) {
    while (true) {
        ReserveId reservation = wanted;
        id.own = co_await co_await line.stand.told<Result<std::int64_t>>(reservation);
        if (proven == *id.own) break;
        const Finding asked = co_await ask(line, fmt::format("{}?vmid={}", next_id_path, *id.own));
        if (asked.verdict == Verdict::good) break;
        if (!asked.document.root()["errors"]["vmid"].exists())
            co_await ends_by(failure(line, asked, std::string(no_id_phrase)));
        wanted = co_await range_after(line, id, *id.own);
    }
    line.record.set(line.run.making.new_id, std::to_string(*id.own));
}

}  // namespace

Way<void> take_id(Line& line, NewId& id) {
    const std::string_view key = line.run.making.new_id;
    if (line.record.has(key)) co_return;
    if (line.is_rehearsed) {
        rehearse(line, Method::get, next_id_path);
        stand_for_itself(line.record, key);
        co_return;
    }
    if (line.run.making.range) {
        const ReserveId wanted{*line.run.making.range};
        co_await settle_id(line, id, wanted, std::nullopt);
        co_return;
    }
    const Finding next = co_await ask(line, std::string(next_id_path));
    if (next.verdict != Verdict::good)
        co_await ends_by(failure(line, next, std::string(no_id_phrase)));
    const auto proven = next.data().integer();
    if (!proven)
        co_await ends_by(
            failure(line, Exit::unreachable, std::string(no_id_phrase), "the node names none"));
    const ReserveId wanted{{*proven, largest_vm_id}};
    co_await settle_id(line, id, wanted, proven);
}

Way<void> take_next_id(Line& line, NewId& id) {
    ++id.used;
    const ReserveId wanted = co_await range_after(line, id, *id.own);
    co_await settle_id(line, id, wanted, std::nullopt);
}

bool may_take_next_id(const NewId& id, std::string_view words) {
    return id.own && id.used < id_tries &&
           words.find(fmt::format(" {} already exists", *id.own)) != std::string_view::npos;
}

Way<void> release_id(Line& line, const NewId& id) {
    if (!id.own) co_return;
    ReleaseId given_back{*id.own};
    co_await line.stand.told<void>(given_back);
}

}  // namespace proxmox
