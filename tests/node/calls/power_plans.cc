// How the power of a guest changes: the steps of the tasks, and what they leave behind.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "calls/power_plans.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

namespace demo_node {

namespace {

/// qmeventd notices that a QEMU is gone, and its clean-up comes for the lock, after this time.
constexpr int cleanup_delay_ms = 500;
constexpr int cleanup_wait_ms = 60'000;

/// What a suspended machine's configuration has more.
constexpr std::string_view suspended_keys[] = {"lock", "vmstate", "runningcpu", "runningmachine",
                                               "running-nets-host-mtu"};

Plan::Duration begin_start(const Target& target, Task& task) {
    Guest* guest = target.guest();
    if (!guest) return std::unexpected(target.missing);
    if (guest->is_template())
        return std::unexpected(
            fmt::format("you can't start a {} if it's a template", target.kind.noun_in_tests));
    if (const auto locked = locked_text(*guest, "suspended"); !locked.empty())
        return std::unexpected(locked);
    if (guest->running)
        return std::unexpected(fmt::format("{} {} already running", target.kind.noun, guest->id));
    if (guest->disk_missing)
        return std::unexpected(
            fmt::format("volume 'local:{0}/vm-{0}-disk-0.qcow2' does not exist", guest->id));
    if (guest->lock() == "suspended") task.log.emplace_back("Resuming suspended VM");
    return target.stage.tasks.duration_ms(task.type);
}

Plan::Status end_start(const Target& target, Task& task) {
    Guest* guest = target.guest();
    if (!guest) return std::unexpected(target.missing);
    if (guest->lock() == "suspended") {
        task.log.emplace_back("netdev net0: using 'host_mtu=1500' for migration compat");
        task.log.push_back(
            fmt::format("activating and using '{}' as vmstate", guest->config.get("vmstate")));
        for (const std::string_view key : suspended_keys) guest->config.erase(key);
        task.log.emplace_back("Resumed VM, removing state");
    }
    power_on(*guest, task.pid + 1);
    if (!target.stage.options.warns.contains(static_cast<int>(guest->id))) return "OK";
    task.log.emplace_back(
        "WARN: iothread is only valid with virtio disk or virtio-scsi-single "
        "controller, ignoring");
    return "WARNINGS: 1";
}

std::string today() {
    const std::time_t now = Clock::wall();
    std::tm parts{};
    gmtime_r(&now, &parts);
    return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

}  // namespace

Target target_of(const Call& call, std::string missing) {
    return {call.stage, *call.kind, call.node(), call.vmid(), std::move(missing)};
}

Plan start_plan(const Target& target) {
    Plan plan;
    plan.begin = [target](Task& task) { return begin_start(target, task); };
    plan.end = [target](Task& task) { return end_start(target, task); };
    return plan;
}

Plan::Duration begin_stop(const Target& target, const Task& task, int duration_ms) {
    const Guest* guest = target.guest();
    if (!guest) return std::unexpected(target.missing);
    if (!guest->running) return std::min(duration_ms, target.stage.tasks.duration_ms(task.type));
    if (const auto locked = locked_text(*guest); !locked.empty()) return std::unexpected(locked);
    return duration_ms;
}

Plan::Status end_stop(const Target& target) {
    Guest* guest = target.guest();
    if (guest && guest->running) power_off(target.stage, *guest);
    return "OK";
}

Plan step_plan(const Target& target, void (*effect)(Guest&, Task&)) {
    Plan plan;
    plan.begin = [target](Task& task) -> Plan::Duration {
        const Guest* guest = target.guest();
        if (!guest) return std::unexpected(target.missing);
        if (const auto locked = locked_text(*guest, "backup"); !locked.empty())
            return std::unexpected(locked);
        if (!guest->running)
            return std::unexpected(fmt::format("{} {} not running", target.kind.noun, guest->id));
        return target.stage.tasks.duration_ms(task.type);
    };
    plan.end = [target, effect](Task& task) -> Plan::Status {
        if (Guest* guest = target.guest()) effect(*guest, task);
        return "OK";
    };
    return plan;
}

bool is_managed(const Target& target) {
    return target.stage.options.managed.contains(static_cast<int>(target.id));
}

Plan managed_plan(const Target& target, bool should_run) {
    Plan plan;
    plan.takes_lock = false;
    plan.begin = [target](Task& task) { return target.stage.tasks.duration_ms(task.type); };
    plan.end = [target, should_run](Task& task) -> Plan::Status {
        task.log.push_back(
            fmt::format("Requesting HA {} for VM {}", should_run ? "start" : "stop", target.id));
        const int pid = task.pid + 1;
        target.stage.deadlines.in(target.stage.options.ha_ms, [target, should_run, pid] {
            Guest* guest = target.guest();
            if (!guest || guest->running == should_run) return;
            should_run ? power_on(*guest, pid) : power_off(target.stage, *guest);
        });
        return "OK";
    };
    return plan;
}

void save_to_disk(Guest& guest, Task& task) {
    const std::string image = fmt::format("vm-{}-state-suspend-{}.raw", guest.id, today());
    task.log.push_back(
        fmt::format("Formatting '/var/lib/vz/images/{}/{}', fmt=raw size=658505728 "
                    "preallocation=off",
                    guest.id, image));
    task.log.emplace_back("State saved, quitting");
    guest.config.set("lock", "suspended");
    guest.config.set("vmstate", fmt::format("local:{}/{}", guest.id, image));
    guest.config.set("runningcpu", "qemu64");
    guest.config.set("runningmachine", "pc-i440fx-10.0+pve1");
    guest.config.set("running-nets-host-mtu", "net0=1500");
    guest.running = guest.paused = false;
    guest.touch();
}

void power_on(Guest& guest, int pid) {
    guest.running = true;
    guest.has_checkpoint = false;
    guest.paused = false;
    guest.pid = pid;
    guest.started = Clock::now();
    guest.touch();
}

void power_off(Stage& stage, Guest& guest) {
    guest.agent.power_off();
    guest.running = guest.paused = false;
    guest.touch();
    if (stage.options.cleanup_lock_ms == 0) return;
    stage.deadlines.in(
        cleanup_delay_ms, [&stage, &kind = *guest.kind, node = guest.node, id = guest.id] {
            stage.locks.acquire(id, cleanup_wait_ms, [&stage, &kind, node, id](bool granted) {
                if (!granted) return;
                // Started again in the meantime: the clean-up waits for an exit that does not come.
                const Guest* again = stage.cluster.guest(kind, node, id);
                const int held_ms = again && again->running ? stage.options.cleanup_lock_ms : 0;
                stage.deadlines.in(held_ms, [&stage, id] { stage.locks.release(id); });
            });
        });
}

}  // namespace demo_node
