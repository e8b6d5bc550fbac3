// The cluster that is played: configurations, machines, nodes.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

namespace demo_node {

namespace {
constexpr long first_vmid = 100;
}

void Config::put(Entry entry) {
    const auto found = std::ranges::find(entries_, entry.key, &Entry::key);
    if (found == entries_.end())
        entries_.push_back(std::move(entry));
    else
        *found = std::move(entry);
}

void Config::set(std::string_view key, std::string_view value) {
    put({std::string(key), std::string(value)});
}

void Config::set_number(std::string_view key, long value) {
    put({std::string(key), std::to_string(value), true});
}

void Config::erase(std::string_view key) {
    std::erase_if(entries_, [&](const Entry& entry) { return entry.key == key; });
}

std::string_view Config::get(std::string_view key) const {
    const auto found = std::ranges::find(entries_, key, &Entry::key);
    return found == entries_.end() ? std::string_view{} : found->value;
}

std::string Config::digest() const {
    std::string text;
    for (const Entry& entry : entries_)
        text.append(entry.key).append(": ").append(entry.value).append("\n");
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    return fmt::format("{:02x}", fmt::join(digest, ""));
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
