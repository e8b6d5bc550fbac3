// Calls that start, stop, pause and resume virtual machines.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "calls.h"

namespace demo_node {

namespace {

constexpr int milliseconds = 1000;

/// qmeventd notices that a QEMU is gone, and its clean-up comes for the lock, after this time.
constexpr int cleanup_delay_ms = 500;
constexpr int cleanup_wait_ms = 60'000;

constexpr std::string_view got_timeout = "VM quit/powerdown failed - got timeout";

/// The VM of a task, found anew each time: it may be gone when the task comes to it.
struct Target {
    Stage& stage;
    std::string node;
    long id;
    std::string missing;

    Vm* vm() const { return stage.cluster.vm(node, id); }
};

Target target_of(const Call& call, std::string missing) {
    return {call.stage, call.node(), call.vmid(), std::move(missing)};
}

Plan::Status ok() {
    return "OK";
}

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
        for (const std::string_view key : {"lock", "vmstate", "runningcpu", "runningmachine"})
            vm->config.erase(key);
        task.log.emplace_back("Resumed VM, removing state");
    }
    power_on(*vm, task.pid + 1);
    if (!target.stage.options.warns.contains(static_cast<int>(vm->id))) return ok();
    task.log.emplace_back(
        "WARN: iothread is only valid with virtio disk or virtio-scsi-single "
        "controller, ignoring");
    return "WARNINGS: 1";
}

Plan start_plan(const Target& target) {
    Plan plan;
    plan.begin = [target](Task& task) { return begin_start(target, task); };
    plan.end = [target](Task& task) { return end_start(target, task); };
    return plan;
}

/// Stop and shutdown of a machine that is off succeed at once, locked or not.
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
    return ok();
}

/// How long the guest takes to go down by itself; one that ignores us uses up all the time it has.
int shutdown_ms(const Call& call, const char* type) {
    const Vm* vm = call.vm();
    if (!vm || !vm->running || (!vm->ignores_shutdown && !vm->paused))
        return call.stage.tasks.duration_ms(type);
    const Value* timeout = call.parameters.find("timeout");
    if (!timeout) return call.stage.options.shutdown_timeout_ms;
    return static_cast<int>(
        std::min(call.parameters.number("timeout") * milliseconds, long{24 * 3600 * milliseconds}));
}

/// 500 when the call is refused before any task is made.
std::optional<Answer> refuse_not_running(const Call& call) {
    const Vm* vm = call.vm();
    if (!vm) return die(no_such_vm(call));
    if (!vm->running) return die(fmt::format("VM {} not running", vm->id));
    return std::nullopt;
}

/// A task that changes a running VM in one step; a backup's lock does not hinder it.
Plan step_plan(const Target& target, void (*effect)(Vm&)) {
    Plan plan;
    plan.begin = [target](Task& task) -> Plan::Duration {
        const Vm* vm = target.vm();
        if (!vm) return std::unexpected(target.missing);
        if (const auto locked = locked_text(*vm, "backup"); !locked.empty())
            return std::unexpected(locked);
        if (!vm->running) return std::unexpected(fmt::format("VM {} not running", vm->id));
        return target.stage.tasks.duration_ms(task.type);
    };
    plan.end = [target, effect](Task&) -> Plan::Status {
        if (Vm* vm = target.vm()) effect(*vm);
        return ok();
    };
    return plan;
}

void save_to_disk(Vm& vm) {
    vm.config.set("lock", "suspended");
    vm.config.set("vmstate", fmt::format("local:{0}/vm-{0}-state-suspend.raw", vm.id));
    vm.config.set("runningcpu", "qemu64");
    vm.config.set("runningmachine", "pc-i440fx-10.0+pve1");
    vm.running = vm.paused = false;
    vm.touch();
}

}  // namespace

void power_on(Vm& vm, int pid) {
    vm.running = true;
    vm.paused = false;
    vm.pid = pid;
    vm.started = Clock::now();
    vm.touch();
}

void power_off(Stage& stage, Vm& vm) {
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

Answer vm_start(Call& call) {
    return begin_task(call, "qmstart", start_plan(target_of(call, no_config_file(call))));
}

Answer vm_stop(Call& call) {
    const Target target = target_of(call, no_such_vm(call));
    std::string overruled;
    if (call.parameters.flag("overrule-shutdown"))
        for (const std::string& upid : call.stage.tasks.running("qmshutdown", target.id)) {
            call.stage.tasks.interrupt(upid);
            overruled += (overruled.empty() ? "" : ", ") + upid;
        }
    Plan plan;
    plan.begin = [target, overruled](Task& task) {
        if (!overruled.empty()) task.log.push_back("overruled qmshutdown tasks: " + overruled);
        return begin_stop(target, task, target.stage.tasks.duration_ms(task.type));
    };
    plan.end = [target](Task&) { return end_stop(target); };
    return begin_task(call, "qmstop", std::move(plan));
}

Answer vm_shutdown(Call& call) {
    const Target target = target_of(call, no_such_vm(call));
    const bool force = call.parameters.flag("forceStop");
    Plan plan;
    plan.begin = [target, duration = shutdown_ms(call, "qmshutdown")](Task& task) {
        return begin_stop(target, task, duration);
    };
    plan.end = [target, force](Task& task) -> Plan::Status {
        const Vm* vm = target.vm();
        const bool ignored = vm && vm->running && (vm->ignores_shutdown || vm->paused);
        if (ignored && !force) return std::unexpected(std::string(got_timeout));
        if (ignored) task.log.emplace_back("VM still running - terminating now with SIGTERM");
        return end_stop(target);
    };
    return begin_task(call, "qmshutdown", std::move(plan));
}

Answer vm_reboot(Call& call) {
    if (auto refusal = refuse_not_running(call)) return std::move(*refusal);
    const Target target = target_of(call, no_such_vm(call));
    Plan plan;
    plan.begin = [target, duration = shutdown_ms(call, "qmreboot")](Task& task) {
        return begin_stop(target, task, duration);
    };
    plan.end = [target](Task& task) -> Plan::Status {
        Vm* vm = target.vm();
        if (!vm || !vm->running) return ok();
        if (vm->ignores_shutdown || vm->paused) return std::unexpected(std::string(got_timeout));
        power_on(*vm, task.pid + 1);
        return ok();
    };
    return begin_task(call, "qmreboot", std::move(plan));
}

Answer vm_reset(Call& call) {
    if (auto refusal = refuse_not_running(call)) return std::move(*refusal);
    return begin_task(call, "qmreset", step_plan(target_of(call, no_such_vm(call)), [](Vm&) {}));
}

Answer vm_suspend(Call& call) {
    if (auto refusal = refuse_not_running(call)) return std::move(*refusal);
    const Target target = target_of(call, no_such_vm(call));
    if (call.parameters.flag("todisk"))
        return begin_task(call, "qmsuspend", step_plan(target, save_to_disk));
    return begin_task(call, "qmpause", step_plan(target, [](Vm& vm) {
                          vm.paused = true;
                          vm.touch();
                      }));
}

Answer vm_resume(Call& call) {
    const Vm* vm = call.vm();
    if (!vm) return die(no_such_vm(call));
    const Target target = target_of(call, no_such_vm(call));
    if (vm->lock() == "suspended") return begin_task(call, "qmresume", start_plan(target));
    if (!vm->running) return die(fmt::format("VM {} not running", vm->id));
    return begin_task(call, "qmresume", step_plan(target, [](Vm& resumed) {
                          resumed.paused = false;
                          resumed.touch();
                      }));
}

}  // namespace demo_node
