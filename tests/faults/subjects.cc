// The tools under test: what each asks of the node, and what a line for it looks like.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "subjects.h"

#include <fmt/format.h>

namespace faults {
namespace {

constexpr Subject table[] = {
    {"proxmox_vm.start", "POST", "/status/start", "/status/current"},
    {"proxmox_vm.stop", "POST", "/status/shutdown", "/status/current", true},
    {"proxmox_vm.stop_force", "POST", "/status/stop", "/status/current", true},
    {"proxmox_vm.pause", "POST", "/status/suspend", "/status/current", true},
    {"proxmox_vm.resume", "POST", "/status/resume", "/status/current", true},
    {"proxmox_vm.delete", "DELETE", "", "/status/current"},
    {"proxmox_snapshot_vm.create_snapshot", "POST", "/snapshot", "/status/current"},
    {"proxmox_snapshot_vm.delete_snapshot", "DELETE", "/snapshot/clean", "/status/current", false,
     true},
    {"proxmox_snapshot_vm.revert_snapshot", "POST", "/snapshot/clean/rollback", "/status/current",
     false, true},
    {"proxmox_snapshot_vm.list_snapshot", "", "", "/snapshot"},
    {"proxmox_vm.list_vm_and_extract_vm_name", "", "", ""},
};

}  // namespace

std::span<const Subject> subjects() { return table; }

std::string Subject::line_for(long vm_id) const {
    if (!names_snapshot) return fmt::format(R"({{"vm_id":{}}})", vm_id);
    return fmt::format(R"({{"vm_id":{},"vm_snapshot_name":"{}"}})", vm_id, snapshot_name);
}

std::string Subject::where_act(long vm_id) const {
    return fmt::format(" method={} path=/qemu/{}{}$", method, vm_id, act);
}

std::string Subject::where_read(long vm_id) const {
    if (read.empty()) return " method=GET path=/qemu$";
    return fmt::format(" method=GET path=/qemu/{}{}$", vm_id, read);
}

std::vector<std::string> Subject::node_options(int vms) const {
    std::vector<std::string> options{
        "--plain", "--vms", std::to_string(vms), "--refusal-ms", "10", "--task-ms", "20"};
    if (on_running) options.emplace_back("--running");
    if (names_snapshot || read == "/snapshot")
        options.insert(options.end(), {"--snapshot", std::string(snapshot_name)});
    return options;
}

}  // namespace faults
