// The command line of the stand-in node.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "faults/faults.h"

namespace demo_node {

/// One more API token: who it is, what it may do, and below which path.
struct ExtraToken {
    std::string name;
    std::string secret;
    std::vector<std::string> privileges{};
    std::string path = "/";
};

/// Everything a user can choose; the defaults make a small, believable, quick node.
struct Options {
    bool help = false;
    int port = 0;
    std::string node = "px-testing";
    std::vector<std::string> nodes{};
    int vms = 8;
    bool plain = false;
    bool running = false;
    bool agents = false;
    std::string snapshot{};
    bool rsa = false;
    bool no_audit = false;
    bool exit_with_parent = false;
    std::string log{};
    std::string workspace{};
    std::string secret{};
    std::vector<ExtraToken> tokens{};
    std::set<int> warns{};
    /// VMs that HA starts and stops, some time after it was asked to.
    std::set<int> managed{};
    /// Parameters that an older release does not know.
    std::set<std::string, std::less<>> unknown{};
    std::map<std::string, int> task_ms_of_type{};
    std::vector<std::string> storages{"local"};
    std::map<std::string, std::string> storage_types{};
    std::vector<std::string> pools{};
    int containers = 0;
    int cards = 1;
    /// The node shows its own card besides the bridge.
    bool ethernet = false;
    /// What a directory makes a machine's disk of when nobody says.
    std::string disk_format = "raw";
    int clones_at_once = 2;
    int task_ms = 50;
    int agent_delay_ms = 0;
    int address_delay_ms = 0;
    int call_ms = 0;
    /// How old what /cluster/resources says of guests may be; a real one is told every ten seconds.
    int stats_ms = 10'000;
    int idle_ms = 5000;
    int lock_wait_ms = 10'000;
    int shutdown_timeout_ms = 180'000;
    int cleanup_lock_ms = 0;
    int refusal_ms = 3000;
    int ha_ms = 500;
    std::uint64_t seed = 42;
    std::vector<Fault> faults{};
};

proxmox::Result<Options> read_options(const std::vector<std::string>& arguments);

std::string usage();

}  // namespace demo_node
