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
inline constexpr std::string_view token = "root@pam!odd=0dd";

/// A node, a place, and one run on it of a tool in an odd world.
struct World {
    explicit World(const Subject& whose, int vms = lines)
        : subject(whose), node(place, with(vms)) {}

    std::vector<std::string> with(int vms) const {
        auto options = subject.node_options(vms);
        options.insert(options.end(), {"--token", std::string(token)});
        return options;
    }
    Setting setting() const {
        return {.program = std::string(subject.program), .input = lines_for(subject, lines)};
    }
    Run run(const Setting& setting) const { return run_tool(place, setting, limit_s); }
    /// The vault then names this host, in plain text.
    void call_node(const std::string& host) const {
        std::ofstream(place.path("workspace/devkit/secrets/default_vault.yml"))
            << fmt::format("proxmox_api_host: \"{}:{}\"\n", host, node.port())
            << "proxmox_api_user: \"root@pam\"\nproxmox_api_token_id: \"odd\"\n"
            << "proxmox_api_token_secret: \"0dd\"\nproxmox_node: \"px-testing\"\n";
    }

    const Subject& subject;
    const Place place{};
    Node node;
};

inline std::string preloaded() { return "LD_PRELOAD=" + built("tests/torture/libodd_world.so"); }

/// All lines are done, once, and nobody noticed anything.
inline void expect_done(const World& world, const faults::Run& run) {
    EXPECT_EQ(run.exit_code(), 0) << run.traces;
    EXPECT_GE(lines_of(run.output).size(), static_cast<std::size_t>(lines)) << run.output;
    EXPECT_EQ(lines_traced(run), 0u) << run.traces;
    EXPECT_EQ(count_changes(world.place, world.subject), world.subject.changes() ? lines : 0);
}

}  // namespace faults
