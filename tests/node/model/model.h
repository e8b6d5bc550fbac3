// The cluster that is played: its nodes, their guests, and the snapshots of these.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: the whole cluster that is played, in one piece.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/agent.h"
#include "model/config.h"
#include "model/deadlines.h"
#include "model/guest_kind.h"

namespace demo_node {

/// What a snapshot keeps; `config` holds its parent, time, description and RAM image as well.
struct Snapshot {
    std::string name;
    Config config;

    bool with_ram() const { return config.has("vmstate"); }
};

/// A row of a list, good as long as the uptime in it.
struct RenderedRow {
    std::string text{};
    long uptime = -1;
};

/// What a guest's node has told the cluster of it, and tells again every few seconds.
struct Told {
    std::string name{};
    std::string tags{};
    std::string lock{};
    bool is_template = false;
    bool running = false;
    bool paused = false;
    Clock::time_point started{};

    bool operator==(const Told&) const = default;
};

/// One virtual machine or container and how it behaves on this stage.
struct Guest {
    const GuestKind* kind = &machines;
    long id = 0;
    std::string node;
    Config config;
    std::string pool{};
    /// The storage that a clone comes onto, for as long as it is under way.
    std::string cloning_onto{};
    std::vector<Snapshot> snapshots{};
    bool running = false;
    bool paused = false;
    /// A container that was suspended is gone from the processor, and has an image to come back.
    bool has_checkpoint = false;
    bool disk_missing = false;
    bool ignores_shutdown = false;
    int pid = 0;
    Clock::time_point started{};
    Agent agent{};

    std::string name() const;
    std::string_view lock() const { return config.get("lock"); }
    bool is_template() const { return config.has("template"); }
    long uptime() const;
    Snapshot* snapshot(std::string_view name);

    /// Call after every change: rows that were rendered before are dropped.
    void touch() { list_row = resource_row = {}; }

    /// Tells the cluster how it stands now.
    void tell();
    /// Nothing of one that is newer than the last time.
    std::optional<Told> told{};

    RenderedRow list_row{};
    RenderedRow resource_row{};
};

struct ClusterNode {
    std::string name;
    bool online = true;
};

/// The nodes in the order they were given, and every guest by its id.
class Cluster {
  public:
    std::vector<ClusterNode> nodes{};
    std::map<long, Guest> guests{};

    const ClusterNode* node(std::string_view name) const;

    /// The guest with this id if it is of that kind and lives on that node.
    Guest* guest(const GuestKind& kind, std::string_view node, long id);
    long next_free_id() const;
};

struct Options;

Cluster make_cluster(const Options& options);

}  // namespace demo_node
