// The cluster that is played: its machines and its nodes.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/model.h"

#include <fmt/format.h>

#include <algorithm>

namespace demo_node {

namespace {
constexpr long first_vmid = 100;
}

std::string Vm::name() const {
    return config.has("name") ? std::string(config.get("name")) : fmt::format("VM {}", id);
}

long Vm::uptime() const {
    return running ? std::chrono::floor<std::chrono::seconds>(Clock::now() - started).count() : 0;
}

Snapshot* Vm::snapshot(std::string_view wanted) {
    const auto found = std::ranges::find(snapshots, wanted, &Snapshot::name);
    return found == snapshots.end() ? nullptr : &*found;
}

const ClusterNode* Cluster::node(std::string_view name) const {
    const auto found = std::ranges::find(nodes, name, &ClusterNode::name);
    return found == nodes.end() ? nullptr : &*found;
}

Vm* Cluster::vm(std::string_view node, long id) {
    const auto found = vms.find(id);
    return found == vms.end() || found->second.node != node ? nullptr : &found->second;
}

long Cluster::next_free_id() const {
    long id = first_vmid;
    while (vms.contains(id)) ++id;
    return id;
}

}  // namespace demo_node
