// The cluster that is played: its nodes, their virtual machines, and the snapshots of these.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ctime>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "deadlines.h"
#include "json.h"

namespace demo_node {

/// A VM's configuration file: keys in the order they were written.
class Config {
  public:
    struct Entry {
        std::string key;
        std::string value;
        bool number = false;
    };

    void set(std::string_view key, std::string_view value);
    void set_number(std::string_view key, long value);
    void erase(std::string_view key);

    /// The value of a key, or an empty text: no key of a configuration is ever empty.
    std::string_view get(std::string_view key) const;
    bool has(std::string_view key) const { return !get(key).empty(); }
    const std::vector<Entry>& entries() const { return entries_; }
    std::string digest() const;

  private:
    void put(Entry entry);
    std::vector<Entry> entries_;
};

/// What a snapshot keeps; `config` holds its parent, time, description and RAM image as well.
struct Snapshot {
    std::string name;
    Config config;

    bool with_ram() const { return config.has("vmstate"); }
};

/// One virtual machine and how it behaves on this stage.
struct Vm {
    long id = 0;
    std::string node;
    Config config;
    std::vector<Snapshot> snapshots{};
    bool running = false;
    bool paused = false;
    bool disk_missing = false;
    bool ignores_shutdown = false;
    int pid = 0;
    Clock::time_point started{};

    std::string name() const;
    std::string_view lock() const { return config.get("lock"); }
    bool is_template() const { return config.has("template"); }
    long uptime() const;
    Snapshot* snapshot(std::string_view name);

    /// Call after every change: rows that were rendered before are dropped.
    void touch() { row_time = -1; }

    std::string row{};
    long row_time = -1;
};

struct ClusterNode {
    std::string name;
    bool online = true;
};

/// The nodes in the order they were given, and every VM by its id.
class Cluster {
  public:
    std::vector<ClusterNode> nodes{};
    std::map<long, Vm> vms{};

    const ClusterNode* node(std::string_view name) const;

    /// The VM with this id if it lives on that node.
    Vm* vm(std::string_view node, long id);
    long next_free_id() const;
};

struct Options;

Cluster make_cluster(const Options& options);

}  // namespace demo_node
