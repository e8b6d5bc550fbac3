// The tools under test: what each asks of the node, and what a line for it looks like.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace faults {

inline constexpr std::string_view snapshot_name = "clean";

/// One executable. `act` and `read` are what follows "/qemu/ID" in the paths of its requests.
struct Subject {
    std::string_view program;
    std::string_view method{};
    std::string_view act{};
    std::string_view read{};
    bool on_running = false;
    bool names_snapshot = false;

    bool changes() const { return !method.empty(); }
    std::string line_for(long vm_id) const;
    /// The words that let a fault strike the change, or the read, of this VM alone.
    std::string where_act(long vm_id) const;
    std::string where_read(long vm_id) const;
    std::vector<std::string> node_options(int vms) const;
};

/// Those that take lines.
std::span<const Subject> subjects();

}  // namespace faults
