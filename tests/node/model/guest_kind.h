// What virtual machines and containers have in common but call by other names.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace demo_node {

/// One kind of guest. Where the two behave alike, the code asks for a name here; where they do not,
/// a row says which way it is.
struct GuestKind {
    /// In paths, and the type of a row: "qemu".
    std::string_view segment;
    /// What the types of its tasks begin with: "qm".
    std::string_view task_prefix;
    /// Where configuration files lie: "qemu-server".
    std::string_view directory;
    /// As messages and logs name it: "VM 100", "creating a clone of container 200".
    std::string_view noun;
    std::string_view noun_in_logs;
    std::string_view noun_in_tests;
    std::string_view name_key;
    std::string_view lock_before_id;
    std::string_view lock_after_id;
    /// The task that takes the processor from it: "qmpause".
    std::string_view suspend_verb;
    std::string_view digest_mismatch;
    std::string_view disk_noun;
    /// Containers are looked at before there is a task, so that no task says what is wrong.
    bool looks_before_task;
    /// The snapshot call asks whether the guest is there, instead of leaving that to the task.
    bool looks_before_snapshot;
};

inline constexpr GuestKind machines{
    .segment = "qemu",
    .task_prefix = "qm",
    .directory = "qemu-server",
    .noun = "VM",
    .noun_in_logs = "VM",
    .noun_in_tests = "vm",
    .name_key = "name",
    .lock_before_id = "/var/lock/qemu-server/lock-",
    .lock_after_id = ".conf",
    .suspend_verb = "pause",
    .digest_mismatch = "checksum mismatch (file change by other user?)",
    .disk_noun = "drive",
    .looks_before_task = false,
    .looks_before_snapshot = true,
};

inline constexpr GuestKind containers{
    .segment = "lxc",
    .task_prefix = "vz",
    .directory = "lxc",
    .noun = "CT",
    .noun_in_logs = "container",
    .noun_in_tests = "CT",
    .name_key = "hostname",
    .lock_before_id = "/run/lock/lxc/pve-config-",
    .lock_after_id = ".lock",
    .suspend_verb = "suspend",
    .digest_mismatch = "detected modified configuration - file changed by other user? Try again.",
    .disk_noun = "mountpoint",
    .looks_before_task = true,
    .looks_before_snapshot = false,
};

}  // namespace demo_node
