// Scenarios that look at the node, its machines and its tasks.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario_parts.h"

namespace demo_node::replay {

namespace {

const std::vector<Scenario> table = {
    {"before_anything_happened",
     {},
     {"get-version",
      "get-index-noslash",
      "get-access-permissions",
      "get-nodes",
      "get-node-version",
      "get-node-storage",
      "get-node-storage-content-filter",
      "get-nextid",
      "get-cluster-resources",
      "get-cluster-resources-vm",
      "get-cluster-resources-storage",
      "get-qemu-list",
      "get-qemu-100-config-current",
      "get-qemu-100-current-stopped",
      "get-qemu-100-snapshots-empty",
      "get-qemu-100-status-index",
      "get-qemu-102-current-noname",
      "get-qemu-103-config",
      "get-qemu-105-config",
      "get-qemu-105-current-locked",
      "get-qemu-107-config",
      "vm-config-while-clone-source",
      "err-qemu-is-lxc",
      "err-config-snapshot-unknown",
      "err-snap-config-unknown",
      "snap-index"}},
    {"unknown_machines",
     {},
     {"err-unknown-vm-config", "err-unknown-vm-delete", "err-unknown-vm-reset",
      "err-unknown-vm-resume", "err-unknown-vm-suspend", "err-unknown-vm-snaplist",
      "err-unknown-vm-start", "err-unknown-vm-stop", "err-unknown-vm-shutdown"}},
    {"one_failed_task",
     {},
     {"POST /qemu/107/status/start", "DELETE /qemu/100/snapshot/nosuch", "settle", "get-tasks",
      "get-tasks-errors-only", "get-tasks-source-active", "get-tasks-source-all",
      "get-tasks-source-archive", "get-tasks-statusfilter", "get-tasks-typefilter",
      "get-tasks-vmid", "get-cluster-tasks", "tasks-after-source-active", "cluster-tasks-after"}},
    {"several_tasks",
     {"--warn", "106"},
     {"POST /qemu/107/status/start", "POST /qemu/100/status/start", "settle",
      "+POST /qemu/106/status/start", "settle", "vm-start-warnings-tasklog",
      "vm-start-warnings-taskstatus", "tasks-statusfilter-warning", "POST /qemu/101/status/start",
      "POST /qemu/102/status/start", "settle", "tasks-after-source-archive",
      "tasks-after-source-default", "tasks-errors", "tasks-start-offset"}},
    {"a_running_machine_among_others",
     {"--stats-ms", "0"},
     {"POST /qemu/100/status/start", "settle", "qemu-list-running-full",
      "POST /qemu/100/status/suspend", "settle", "cluster-resources-vm-suspended"}},
    {"a_new_machine_that_the_cluster_was_not_told_of",
     {"--stats-ms", "5000"},
     {"POST /qemu/102/status/start", "settle", "pause 5300", "POST /qemu vmid=140",
      "cluster-resources-fresh-vm"}},
};

}  // namespace

std::vector<Scenario> reading_scenarios() { return table; }

}  // namespace demo_node::replay
