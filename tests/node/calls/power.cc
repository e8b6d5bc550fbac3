// Calls that start, stop, pause and resume virtual machines.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "calls/calls.h"
#include "calls/power_plans.h"

namespace demo_node {

namespace {

constexpr long second_ms = 1000;
constexpr long max_shutdown_ms = 24 * 3600 * second_ms;

constexpr const char* got_timeout = "VM quit/powerdown failed - got timeout";

bool ignores_us(const Vm& vm) { return vm.running && (vm.ignores_shutdown || vm.paused); }

/// How long the guest takes to go down by itself; one that ignores us uses up all the time it has.
int shutdown_ms(const Call& call, const char* type) {
    const Vm* vm = call.vm();
    if (!vm || !ignores_us(*vm)) return call.stage.tasks.duration_ms(type);
    const Value* timeout = call.parameters.find("timeout");
    if (!timeout) return call.stage.options.shutdown_timeout_ms;
    return static_cast<int>(
        std::min(call.parameters.number("timeout") * second_ms, max_shutdown_ms));
}

/// 500 when the call is refused before any task is made.
std::optional<Answer> refuse_not_running(const Call& call) {
    const Vm* vm = call.vm();
    if (!vm) return die(no_such_vm(call));
    if (!vm->running) return die(fmt::format("VM {} not running", vm->id));
    return std::nullopt;
}

}  // namespace

Answer vm_start(Call& call) {
    const Target target = target_of(call, no_config_file(call));
    if (is_managed(target)) return begin_task(call, "hastart", managed_plan(target, true));
    return begin_task(call, "qmstart", start_plan(target));
}

Answer vm_stop(Call& call) {
    const Target target = target_of(call, no_such_vm(call));
    if (is_managed(target)) return begin_task(call, "hastop", managed_plan(target, false));
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
    if (is_managed(target)) return begin_task(call, "hastop", managed_plan(target, false));
    const bool force = call.parameters.flag("forceStop");
    Plan plan;
    plan.begin = [target, duration = shutdown_ms(call, "qmshutdown")](Task& task) {
        return begin_stop(target, task, duration);
    };
    plan.end = [target, force](Task& task) -> Plan::Status {
        const Vm* vm = target.vm();
        const bool ignored = vm && ignores_us(*vm);
        if (ignored && !force) return std::unexpected(got_timeout);
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
        if (!vm || !vm->running) return "OK";
        if (ignores_us(*vm)) return std::unexpected(got_timeout);
        power_on(*vm, task.pid + 1);
        return "OK";
    };
    return begin_task(call, "qmreboot", std::move(plan));
}

Answer vm_reset(Call& call) {
    if (auto refusal = refuse_not_running(call)) return std::move(*refusal);
    return begin_task(call, "qmreset",
                      step_plan(target_of(call, no_such_vm(call)), [](Vm&, Task&) {}));
}

Answer vm_suspend(Call& call) {
    if (auto refusal = refuse_not_running(call)) return std::move(*refusal);
    const Target target = target_of(call, no_such_vm(call));
    if (call.parameters.flag("todisk"))
        return begin_task(call, "qmsuspend", step_plan(target, save_to_disk));
    return begin_task(call, "qmpause", step_plan(target, [](Vm& vm, Task&) {
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
    return begin_task(call, "qmresume", step_plan(target, [](Vm& resumed, Task&) {
                          resumed.paused = false;
                          resumed.touch();
                      }));
}

}  // namespace demo_node
