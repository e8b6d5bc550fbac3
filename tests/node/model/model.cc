// The cluster that is played: its machines and its nodes.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace demo_node {

namespace {
constexpr long first_vmid = 100;
}

std::string Guest::name() const {
    const std::string_view known = config.get(kind->name_key);
    return known.empty() ? fmt::format("{} {}", kind->noun, id) : std::string(known);
}

long Guest::uptime() const {
    return running ? std::chrono::floor<std::chrono::seconds>(Clock::now() - started).count() : 0;
}

void Guest::tell() {
    Told now{.name = name(),
             .tags = std::string(config.get("tags")),
             .lock = std::string(lock()),
             .is_template = is_template(),
             .running = running,
             .paused = paused,
             .started = started};
    if (told == now) return;
    told = std::move(now);
    resource_row = {};
}

Snapshot* Guest::snapshot(std::string_view wanted) {
    const auto found = std::ranges::find(snapshots, wanted, &Snapshot::name);
    return found == snapshots.end() ? nullptr : &*found;
}

const ClusterNode* Cluster::node(std::string_view name) const {
    const auto found = std::ranges::find(nodes, name, &ClusterNode::name);
    return found == nodes.end() ? nullptr : &*found;
}

Guest* Cluster::guest(const GuestKind& kind, std::string_view node, long id) {
    const auto found = guests.find(id);
    if (found == guests.end() || found->second.node != node || found->second.kind != &kind)
        return nullptr;
    return &found->second;
}

long Cluster::next_free_id() const {
    long id = first_vmid;
    while (guests.contains(id)) ++id;
    return id;
}

}  // namespace demo_node
