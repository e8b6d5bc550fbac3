// Scenarios about containers.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario_parts.h"

namespace demo_node::replay {

namespace {

const std::vector<Scenario> table = {
    {"containers",
     {"--containers", "2"},
     {"2-lxc-list",
      "2-lxc-config-200",
      "2-lxc-current-200",
      "get-lxc-200-current",
      "2-lxc-config-unknown",
      "2-lxc-current-unknown",
      "2-lxc-config-of-vm",
      "err-lxc-is-qemu",
      "err-lxc-unknown",
      "err-vm-create-ct-exists",
      "2-qemu-current-of-container",
      "2-lxc-config-put-bad-net0",
      "2-lxc-config-put-password-key",
      "2-lxc-config-put-digest",
      "lxc-config-put",
      "PUT /lxc/200/config delete=description",
      "2-lxc-create-taken",
      "2-lxc-clone-taken",
      "2-lxc-clone-linked",
      "2-lxc-feature-snapshot",
      "2-lxc-interfaces-stopped",
      "PUT /lxc/200/config hostname=ct-two&memory=128&net0=name%3Deth0,bridge%3Dvmbr0,ip%3Ddhcp",
      "get-lxc-200-config",
      "PUT /lxc/200/config delete=tags",
      "2-lxc-config-after",
      "2-lxc-pending"}},
    {"power_of_containers",
     {"--containers", "2"},
     {"2-lxc-shutdown", "2-lxc-stop", "2-lxc-suspend", "2-lxc-reboot", "2-lxc-start-unknown",
      "settle", "2-lxc-start-unknown-taskstatus", "lxc-reboot", "lxc-shutdown", "lxc-stop",
      "lxc-resume", "settle", "lxc-resume-taskstatus", "lxc-start", "settle", "2-lxc-start",
      "2-lxc-resume"}},
    {"snapshots_of_containers",
     {"--containers", "2"},
     {"2-lxc-snapshots-200", "2-lxc-snapshot-bad-name", "+POST /lxc/200/snapshot snapname=one",
      "settle", "2-lxc-snapshot-create-taskstatus", "+POST /lxc/999/snapshot snapname=one",
      "settle", "2-lxc-snapshot-unknown-vm-taskstatus", "2-lxc-snapshot-unknown-vm-tasklog",
      "2-lxc-snapshot-delete-unknown", "settle", "2-lxc-snapshot-delete-unknown-taskstatus",
      "2-lxc-snapshot-delete-unknown-tasklog", "2-lxc-snapshot-rollback-unknown", "settle",
      "2-lxc-snapshot-rollback-unknown-taskstatus", "2-lxc-snapshot-rollback-unknown-tasklog"}},
    {"containers_come_and_go",
     {"--containers", "2"},
     {"lxc-delete-clone", "2-lxc-delete", "settle", "2-lxc-delete-taskstatus",
      "POST /lxc/201/template", "2-lxc-list-after"}},
    {"a_container_is_cloned", {"--containers", "2"}, {"lxc-clone"}},
};

}  // namespace

std::vector<Scenario> container_scenarios() { return table; }

}  // namespace demo_node::replay
