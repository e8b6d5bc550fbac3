// A node, a place, and one run on it of a tool in an odd world.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "cases.h"

namespace faults {

inline constexpr int lines = 6;
inline constexpr int limit_s = 120;

/// A node, a place, and one run on it of a tool in an odd world.
struct World {
    explicit World(const Subject& whose, int vms = lines)
        : subject(whose), node(place, subject.node_options(vms)) {}

    Setting setting() const { return call_of(subject, lines); }
    Run run(const Setting& setting) const { return run_tool(place, setting, limit_s); }
    /// The vault then names this host, in plain text.
    void call_node(const std::string& host) const {
        std::ofstream(place.path("workspace/devkit/secrets/default_vault.yml"))
            << fmt::format("proxmox_api_host: \"{}:{}\"\n", host, node.port())
            << "proxmox_api_user: \"range42@pam\"\nproxmox_api_token_id: \"devkit\"\n"
            << fmt::format("proxmox_api_token_secret: \"{}\"\n", canary())
            << "proxmox_node: \"px-testing\"\n";
    }

    const Subject& subject;
    const Place place{};
    Node node;
};

inline std::string preloaded() { return "LD_PRELOAD=" + built("tests/torture/libodd_world.so"); }

/// All lines are done, once, and nobody noticed anything.
inline void expect_done(const World& world, const faults::Run& run) {
    EXPECT_EQ(run.exit_code(), 0) << run.traces;
    EXPECT_GE(lines_of(run.output).size(), world.subject.fewest_lines(lines)) << run.output;
    EXPECT_EQ(lines_traced(run), 0u) << run.traces;
    EXPECT_EQ(count_changes(world.place, world.subject), world.subject.changes_for(lines));
}

}  // namespace faults
