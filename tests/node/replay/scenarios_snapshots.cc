// Scenarios that make, list, roll back and delete snapshots.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario_parts.h"

namespace demo_node::replay {

namespace {

const std::vector<Scenario> table = {
    {"three_snapshots",
     {},
     {"snap-create-stopped",
      "settle",
      "snap-create-stopped-taskstatus",
      "snap-create-stopped-tasklog",
      "snap-list-one",
      "snap-config",
      "err-snap-duplicate",
      "settle",
      "err-snap-duplicate-taskstatus",
      "err-snap-duplicate-tasklog",
      "POST /qemu/100/status/start",
      "settle",
      "snap-create-running-novmstate",
      "settle",
      "snap-create-running-novmstate-taskstatus",
      "snap-create-running-novmstate-tasklog",
      "+POST /qemu/100/snapshot snapname=run2&vmstate=1",
      "settle",
      "snap-create-running-vmstate-taskstatus",
      "snap-create-running-vmstate-tasklog",
      "snap-list-three",
      "snap-config-vmstate",
      "snap-rollback-vmstate",
      "settle",
      "+POST /qemu/100/snapshot/run1/rollback",
      "settle",
      "snap-rollback-novmstate-running-taskstatus",
      "snap-rollback-novmstate-running-tasklog",
      "vm-current-after-rollback-novmstate",
      "+POST /qemu/100/snapshot/run1/rollback start=1",
      "settle",
      "snap-rollback-start-tasklog",
      "vm-current-after-rollback-start",
      "err-snap-rollback-unknown",
      "settle",
      "err-snap-rollback-unknown-taskstatus",
      "err-snap-rollback-unknown-tasklog",
      "err-snap-rollback-current",
      "settle",
      "err-snap-rollback-current-tasklog",
      "+DELETE /qemu/100/snapshot/nosuch",
      "settle",
      "err-snap-delete-unknown-taskstatus",
      "err-snap-delete-unknown-tasklog",
      "err-snap-delete-current",
      "settle",
      "err-snap-delete-current-taskstatus",
      "err-snap-delete-current-tasklog",
      "+DELETE /qemu/100/snapshot/run1",
      "settle",
      "snap-delete-running-taskstatus",
      "snap-delete-running-tasklog",
      "+DELETE /qemu/100/snapshot/run2?force=1",
      "settle",
      "snap-delete-force-tasklog",
      "snap-delete-last",
      "settle",
      "snap-delete-last-taskstatus"}},
    {"the_longest_name",
     {},
     {"snap-name-max-length", "settle", "snap-name-max-length-taskstatus",
      "snap-name-max-length-tasklog", "cfg-get"}},
    {"what_cannot_be_kept",
     {},
     {"+POST /qemu/105/snapshot snapname=x1", "+POST /qemu/103/snapshot snapname=x1", "settle",
      "err-locked-snapshot-taskstatus", "err-template-snapshot-taskstatus",
      "err-template-snapshot-tasklog"}},
};

}  // namespace

std::vector<Scenario> snapshot_scenarios() {
    return table;
}

}  // namespace demo_node::replay
