// How the power of a virtual machine changes: the steps of the tasks, and what they leave behind.
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
    Vm* vm = target.vm();
    if (!vm) return std::unexpected(target.missing);
    if (vm->is_template()) return std::unexpected("you can't start a vm if it's a template");
    if (const auto locked = locked_text(*vm, "suspended"); !locked.empty())
        return std::unexpected(locked);
    if (vm->running) return std::unexpected(fmt::format("VM {} already running", vm->id));
    if (vm->disk_missing)
        return std::unexpected(
            fmt::format("volume 'local:{0}/vm-{0}-disk-0.qcow2' does not exist", vm->id));
    if (vm->lock() == "suspended") task.log.emplace_back("Resuming suspended VM");
    return target.stage.tasks.duration_ms(task.type);
}

Plan::Status end_start(const Target& target, Task& task) {
    Vm* vm = target.vm();
    if (!vm) return std::unexpected(target.missing);
    if (vm->lock() == "suspended") {
        task.log.emplace_back("netdev net0: using 'host_mtu=1500' for migration compat");
        task.log.push_back(
            fmt::format("activating and using '{}' as vmstate", vm->config.get("vmstate")));
        for (const std::string_view key : suspended_keys) vm->config.erase(key);
        task.log.emplace_back("Resumed VM, removing state");
    }
    power_on(*vm, task.pid + 1);
    if (!target.stage.options.warns.contains(static_cast<int>(vm->id))) return "OK";
    task.log.emplace_back(
        "WARN: iothread is only valid with virtio disk or virtio-scsi-single "
        "controller, ignoring");
    return "WARNINGS: 1";
}

std::string today() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

}  // namespace

Target target_of(const Call& call, std::string missing) {
    return {call.stage, call.node(), call.vmid(), std::move(missing)};
}

Plan start_plan(const Target& target) {
    Plan plan;
    plan.begin = [target](Task& task) { return begin_start(target, task); };
    plan.end = [target](Task& task) { return end_start(target, task); };
    return plan;
}

Plan::Duration begin_stop(const Target& target, const Task& task, int duration_ms) {
    const Vm* vm = target.vm();
    if (!vm) return std::unexpected(target.missing);
    if (!vm->running) return std::min(duration_ms, target.stage.tasks.duration_ms(task.type));
    if (const auto locked = locked_text(*vm); !locked.empty()) return std::unexpected(locked);
    return duration_ms;
}

Plan::Status end_stop(const Target& target) {
    Vm* vm = target.vm();
    if (vm && vm->running) power_off(target.stage, *vm);
    return "OK";
}

Plan step_plan(const Target& target, void (*effect)(Vm&, Task&)) {
    Plan plan;
    plan.begin = [target](Task& task) -> Plan::Duration {
        const Vm* vm = target.vm();
        if (!vm) return std::unexpected(target.missing);
        if (const auto locked = locked_text(*vm, "backup"); !locked.empty())
            return std::unexpected(locked);
        if (!vm->running) return std::unexpected(fmt::format("VM {} not running", vm->id));
        return target.stage.tasks.duration_ms(task.type);
    };
    plan.end = [target, effect](Task& task) -> Plan::Status {
        if (Vm* vm = target.vm()) effect(*vm, task);
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
            Vm* vm = target.vm();
            if (!vm || vm->running == should_run) return;
            should_run ? power_on(*vm, pid) : power_off(target.stage, *vm);
        });
        return "OK";
    };
    return plan;
}

void save_to_disk(Vm& vm, Task& task) {
    const std::string image = fmt::format("vm-{}-state-suspend-{}.raw", vm.id, today());
    task.log.push_back(
        fmt::format("Formatting '/var/lib/vz/images/{}/{}', fmt=raw size=658505728 "
                    "preallocation=off",
                    vm.id, image));
    task.log.emplace_back("State saved, quitting");
    vm.config.set("lock", "suspended");
    vm.config.set("vmstate", fmt::format("local:{}/{}", vm.id, image));
    vm.config.set("runningcpu", "qemu64");
    vm.config.set("runningmachine", "pc-i440fx-10.0+pve1");
    vm.config.set("running-nets-host-mtu", "net0=1500");
    vm.running = vm.paused = false;
    vm.touch();
}

void power_on(Vm& vm, int pid) {
    vm.running = true;
    vm.paused = false;
    vm.pid = pid;
    vm.started = Clock::now();
    vm.touch();
}

void power_off(Stage& stage, Vm& vm) {
    vm.agent.power_off();
    vm.running = vm.paused = false;
    vm.touch();
    if (stage.options.cleanup_lock_ms == 0) return;
    stage.deadlines.in(cleanup_delay_ms, [&stage, node = vm.node, id = vm.id] {
        stage.locks.acquire(id, cleanup_wait_ms, [&stage, node, id](bool granted) {
            if (!granted) return;
            // Started again in the meantime: the clean-up waits for an exit that does not come.
            const Vm* again = stage.cluster.vm(node, id);
            const int held_ms = again && again->running ? stage.options.cleanup_lock_ms : 0;
            stage.deadlines.in(held_ms, [&stage, id] { stage.locks.release(id); });
        });
    });
}

}  // namespace demo_node
