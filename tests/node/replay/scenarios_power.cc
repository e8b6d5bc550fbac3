// Scenarios that start, stop, pause, resume and destroy machines.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario_parts.h"

namespace demo_node::replay {

namespace {

Scenario one_machine_up_and_down() {
    return {"one_machine_up_and_down",
            {},
            {"vm-start",
             "tasks-active-while-running",
             "settle",
             "vm-start-taskstatus",
             "vm-start-tasklog",
             "task-log-limit",
             "task-status-unescaped",
             "vm-current-running",
             "err-vm-start-already-running",
             "settle",
             "err-vm-start-already-running-taskstatus",
             "err-vm-start-already-running-tasklog",
             "+POST /qemu/100/status/suspend",
             "settle",
             "vm-suspend-taskstatus",
             "vm-suspend-tasklog",
             "vm-current-suspended",
             "+POST /qemu/100/status/suspend",
             "settle",
             "vm-suspend-again-paused-taskstatus",
             "vm-suspend-again-paused-tasklog",
             "vm-start-while-paused",
             "settle",
             "vm-start-while-paused-taskstatus",
             "vm-resume",
             "settle",
             "vm-resume-tasklog",
             "vm-current-resumed",
             "+POST /qemu/100/status/resume",
             "settle",
             "vm-resume-running-tasklog",
             "vm-reset",
             "settle",
             "vm-reset-taskstatus",
             "vm-reset-tasklog",
             "vm-shutdown",
             "settle",
             "vm-shutdown-taskstatus",
             "vm-shutdown-tasklog",
             "err-vm-reset-not-running",
             "err-vm-reboot-not-running",
             "err-vm-resume-not-running",
             "err-vm-suspend-not-running",
             "+POST /qemu/100/status/shutdown",
             "settle",
             "err-vm-shutdown-not-running-taskstatus",
             "err-vm-shutdown-not-running-tasklog",
             "err-vm-stop-not-running",
             "settle",
             "err-vm-stop-not-running-tasklog"}};
}

Scenario ordinary_starts_and_stops() {
    return {"ordinary_starts_and_stops",
            {"--vms", "31"},
            {"vm-start-101",
             "vm-start-100e",
             "vm-start-104",
             "vm-start-warn",
             "vm-start-clone",
             "settle",
             "vm-start-101-taskstatus",
             "vm-start-101-tasklog",
             "vm-start-100e-tasklog",
             "vm-start-104-taskstatus",
             "vm-start-104-tasklog",
             "vm-start-warn-taskstatus",
             "vm-start-clone-tasklog",
             "POST /qemu/113/status/start",
             "POST /qemu/130/status/start",
             "settle",
             "+POST /qemu/130/status/start",
             "settle",
             "vm-start-130-taskstatus",
             "vm-start-130-tasklog",
             "err-vm-delete-running",
             "vm-stop",
             "vm-stop-106",
             "vm-stop-113",
             "vm-stop-130",
             "vm-stop-clone",
             "settle",
             "vm-stop-106-taskstatus",
             "vm-stop-106-tasklog",
             "vm-stop-113-taskstatus",
             "vm-stop-113-tasklog",
             "vm-stop-130-taskstatus",
             "vm-stop-130-tasklog",
             "vm-stop-clone-taskstatus",
             "vm-stop-clone-tasklog"}};
}

Scenario the_same_again() {
    return {"the_same_again",
            {},
            {"vm-start-101e",
             "settle",
             "vm-start-101e-tasklog",
             "vm-shutdown-agent",
             "settle",
             "vm-shutdown-agent-taskstatus",
             "+POST /qemu/101/status/start",
             "settle",
             "vm-start-101b-taskstatus",
             "vm-start-101b-tasklog",
             "vm-stop-101b",
             "settle",
             "vm-stop-101b-tasklog",
             "+POST /qemu/104/status/start",
             "settle",
             "vm-start-104b-taskstatus",
             "vm-start-104b-tasklog",
             "+POST /qemu/106/status/start",
             "settle",
             "vm-start-106c-taskstatus",
             "+POST /qemu/106/status/stop",
             "settle",
             "vm-stop-106c-taskstatus",
             "vm-stop-106c-tasklog",
             "vm-start-snap",
             "settle",
             "+POST /qemu/100/status/stop",
             "settle",
             "vm-stop-snap-taskstatus"}};
}

Scenario to_disk_and_back() {
    return {"to_disk_and_back",
            {},
            {"POST /qemu/101/status/start", "settle", "+POST /qemu/101/status/suspend todisk=1",
             "settle", "vm-suspend-todisk-taskstatus", "vm-suspend-todisk-tasklog",
             "vm-current-suspended-todisk", "qemu-list-suspended-todisk", "vm-resume-todisk",
             "settle", "vm-resume-todisk-taskstatus", "vm-resume-todisk-tasklog"}};
}

Scenario deaf_guests() {
    return {"deaf_guests",
            {},
            {"POST /qemu/104/status/start", "settle", "+POST /qemu/104/status/shutdown timeout=1",
             "settle", "err-vm-shutdown-timeout-tasklog", "err-vm-reboot-timeout with timeout=1",
             "settle", "err-vm-reboot-timeout-tasklog", "vm-reboot as 104 with timeout=1", "settle",
             "vm-reboot-taskstatus as 104", "vm-reboot-tasklog as 104",
             "+POST /qemu/104/status/shutdown timeout=1&forceStop=1", "settle",
             "vm-shutdown-forcestop-taskstatus", "vm-shutdown-forcestop-tasklog"}};
}

Scenario what_cannot_start() {
    return {"what_cannot_start",
            {},
            {"err-locked-start", "err-missing-disk-start", "err-template-start", "settle",
             "err-locked-start-tasklog", "err-missing-disk-start-tasklog", "err-locked-suspend",
             "err-locked-stop", "settle", "err-locked-shutdown", "settle",
             "err-locked-stop-taskstatus", "err-locked-stop-tasklog",
             "err-locked-shutdown-taskstatus", "err-locked-shutdown-tasklog"}};
}

Scenario destruction() {
    return {"destruction",
            {"--vms", "31"},
            {"err-protected-delete", "vm-delete-130 as 106", "err-locked-delete", "settle",
             "err-locked-delete-taskstatus", "err-locked-delete-tasklog", "vm-delete",
             "vm-delete-112", "vm-delete-120", "vm-delete-purge", "settle", "vm-delete-taskstatus",
             "vm-delete-112-tasklog", "vm-delete-120-taskstatus", "vm-delete-120-tasklog",
             "vm-delete-purge-taskstatus", "vm-delete-purge-tasklog"}};
}

}  // namespace

std::vector<Scenario> power_scenarios() {
    return {one_machine_up_and_down(),
            ordinary_starts_and_stops(),
            the_same_again(),
            to_disk_and_back(),
            deaf_guests(),
            what_cannot_start(),
            destruction()};
}

}  // namespace demo_node::replay
