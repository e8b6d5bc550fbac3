// Scenarios in which two tasks want the same machine.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario_parts.h"

namespace demo_node::replay {

namespace {

const std::vector<Scenario> table = {
    {"a_lock_that_is_not_let_go",
     {"--lock-wait-ms", "200", "--task-ms", "50,qmstart=60000"},
     {"POST /qemu/102/status/start", "lock-held-reads-work", "err-lock-timeout-start",
      "err-lock-timeout-snapshot", "err-lock-timeout-delete", "pause 1000",
      "err-lock-timeout-start-taskstatus", "err-lock-timeout-snapshot-taskstatus"}},
    {"a_shutdown_that_lasts",
     {"--lock-wait-ms", "200"},
     {"POST /qemu/104/status/start", "settle", "task-to-abort", "tasks-active-long",
      "task-log-while-running", "err-stop-while-shutdown-runs", "pause 1000",
      "err-stop-while-shutdown-runs-taskstatus", "err-stop-while-shutdown-runs-tasklog",
      "+POST /qemu/104/status/stop", "pause 1000", "vm-stop-104c-taskstatus",
      "+POST /qemu/104/status/stop overrule-shutdown=1", "settle", "task-aborted-tasklog",
      "stop-overrule-shutdown-taskstatus", "stop-overrule-shutdown-tasklog"}},
    {"stopping_a_task_that_waits",
     {"--lock-wait-ms", "60000"},
     {"POST /qemu/104/status/start", "settle", "POST /qemu/104/status/shutdown timeout=60",
      "+POST /qemu/104/status/shutdown", "task-delete-running", "task-deleted-running-tasklog"}},
    {"two_starts_at_once",
     {"--task-ms", "300"},
     {"+POST /qemu/102/status/start", "+POST /qemu/102/status/start", "settle",
      "parallel-start-same-vm-0-taskstatus", "parallel-start-same-vm-0-tasklog",
      "parallel-start-same-vm-1-taskstatus", "parallel-start-same-vm-1-tasklog"}},
    {"gone_when_its_turn_comes",
     {"--task-ms", "300", "--vms", "31"},
     {"POST /qemu/130/status/stop", "err-start-while-cloning", "settle",
      "err-start-while-cloning-taskstatus", "err-start-while-cloning-tasklog",
      "POST /qemu/130/status/stop", "settle", "DELETE /qemu/130", "err-delete-while-cloning",
      "settle", "err-delete-while-cloning-taskstatus", "err-delete-while-cloning-tasklog"}},
    // The start waits behind the stop, so that it is sure to come before the clean-up does.
    {"clean_up_after_a_stop",
     {"--cleanup-lock-ms", "5000", "--lock-wait-ms", "1500"},
     {"race-start-1",
      "settle",
      "race-start-1-taskstatus",
      "race-start-1-tasklog",
      "race-stop",
      "race-start-2",
      "settle",
      "race-stop-taskstatus",
      "race-start-2-taskstatus",
      "pause 1500",
      "race-suspend-after",
      "settle",
      "race-suspend-after-taskstatus",
      "race-suspend-after-tasklog",
      "race-resume",
      "settle",
      "race-resume-taskstatus",
      "+POST /qemu/100/status/stop",
      "settle",
      "race-stop-2-tasklog"}},
};

}  // namespace

std::vector<Scenario> lock_scenarios() { return table; }

}  // namespace demo_node::replay
