// Calls that start, stop, pause and resume guests.
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

bool ignores_us(const Guest& guest) {
    return guest.running && (guest.ignores_shutdown || guest.paused);
}

/// How long the guest takes to go down by itself; one that ignores us uses up all the time it has.
int shutdown_ms(const Call& call, std::string_view verb) {
    const Guest* guest = call.guest();
    if (!guest || !ignores_us(*guest))
        return call.stage.tasks.duration_ms(task_type(*call.kind, verb));
    const Value* timeout = call.parameters.find("timeout");
    if (!timeout) return call.stage.options.shutdown_timeout_ms;
    return static_cast<int>(
        std::min(call.parameters.number("timeout") * second_ms, max_shutdown_ms));
}

/// 500 when the call is refused before any task is made.
std::optional<Answer> refuse_not_running(const Call& call, std::string_view noun) {
    const Guest* guest = call.guest();
    if (!guest && !call.kind->looks_before_task) return die(no_such_guest(call));
    if (!guest || !guest->running) return die(fmt::format("{} {} not running", noun, call.vmid()));
    return std::nullopt;
}

std::optional<Answer> refuse_running(const Call& call) {
    const Guest* guest = call.guest();
    if (!guest || !guest->running) return std::nullopt;
    return die(fmt::format("{} {} already running", call.kind->noun, call.vmid()));
}

/// What a container is suspended to and comes back from.
Plan checkpoint_plan(const Target& target) {
    Plan plan;
    plan.begin = [target](Task& task) -> Plan::Duration {
        const Guest* guest = target.guest();
        if (guest && guest->has_checkpoint) return target.stage.tasks.duration_ms(task.type);
        task.log.push_back(fmt::format(
            "lxc-checkpoint: {0}: ../src/lxc/tools/lxc_checkpoint.c: restore_finalize: 203 "
            "Restoring {0} failed",
            target.id));
        return std::unexpected(fmt::format(
            "command 'lxc-checkpoint -n {} -r --foreground -D /var/lib/vz/dump' failed: exit "
            "code 1",
            target.id));
    };
    plan.end = [target](Task& task) -> Plan::Status {
        if (Guest* guest = target.guest()) power_on(*guest, task.pid + 1);
        return "OK";
    };
    return plan;
}

}  // namespace

Answer guest_start(Call& call) {
    if (call.kind->looks_before_task)
        if (auto refusal = refuse_running(call)) return std::move(*refusal);
    const Target target = target_of(call, no_config_file(call));
    if (is_managed(target)) return begin_task(call, "hastart", managed_plan(target, true));
    return guest_task(call, "start", start_plan(target));
}

Answer guest_stop(Call& call) {
    if (call.kind->looks_before_task)
        if (auto refusal = refuse_not_running(call, call.kind->noun)) return std::move(*refusal);
    const Target target = target_of(call, no_such_guest(call));
    if (is_managed(target)) return begin_task(call, "hastop", managed_plan(target, false));
    std::string overruled;
    if (call.parameters.flag("overrule-shutdown"))
        for (const std::string& upid :
             call.stage.tasks.running(task_type(*call.kind, "shutdown"), target.id)) {
            call.stage.tasks.interrupt(upid);
            overruled += (overruled.empty() ? "" : ", ") + upid;
        }
    Plan plan;
    plan.begin = [target, overruled](Task& task) {
        if (!overruled.empty())
            task.log.push_back(fmt::format("overruled {} tasks: {}",
                                           task_type(target.kind, "shutdown"), overruled));
        return begin_stop(target, task, target.stage.tasks.duration_ms(task.type));
    };
    plan.end = [target](Task&) { return end_stop(target); };
    return guest_task(call, "stop", std::move(plan));
}

Answer guest_shutdown(Call& call) {
    if (call.kind->looks_before_task)
        if (auto refusal = refuse_not_running(call, call.kind->noun)) return std::move(*refusal);
    const Target target = target_of(call, no_such_guest(call));
    if (is_managed(target)) return begin_task(call, "hastop", managed_plan(target, false));
    const bool force = call.parameters.flag("forceStop");
    Plan plan;
    plan.begin = [target, duration = shutdown_ms(call, "shutdown")](Task& task) {
        return begin_stop(target, task, duration);
    };
    plan.end = [target, force](Task& task) -> Plan::Status {
        const Guest* guest = target.guest();
        const bool ignored = guest && ignores_us(*guest);
        if (ignored && !force) return std::unexpected(got_timeout);
        if (ignored) task.log.emplace_back("VM still running - terminating now with SIGTERM");
        return end_stop(target);
    };
    return guest_task(call, "shutdown", std::move(plan));
}

Answer guest_reboot(Call& call) {
    // Seen: a container is called a VM here, and here alone.
    if (auto refusal = refuse_not_running(call, machines.noun)) return std::move(*refusal);
    const Target target = target_of(call, no_such_guest(call));
    Plan plan;
    plan.begin = [target, duration = shutdown_ms(call, "reboot")](Task& task) {
        return begin_stop(target, task, duration);
    };
    plan.end = [target](Task& task) -> Plan::Status {
        Guest* guest = target.guest();
        if (!guest || !guest->running) return "OK";
        if (ignores_us(*guest)) return std::unexpected(got_timeout);
        power_on(*guest, task.pid + 1);
        return "OK";
    };
    return guest_task(call, "reboot", std::move(plan));
}

Answer guest_reset(Call& call) {
    if (auto refusal = refuse_not_running(call, call.kind->noun)) return std::move(*refusal);
    return guest_task(call, "reset",
                      step_plan(target_of(call, no_such_guest(call)), [](Guest&, Task&) {}));
}

Answer guest_suspend(Call& call) {
    if (auto refusal = refuse_not_running(call, call.kind->noun)) return std::move(*refusal);
    const Target target = target_of(call, no_such_guest(call));
    if (call.parameters.flag("todisk"))
        return guest_task(call, "suspend", step_plan(target, save_to_disk));
    return guest_task(call, call.kind->suspend_verb, step_plan(target, [](Guest& guest, Task&) {
                          guest.has_checkpoint = guest.kind == &containers;
                          guest.paused = !guest.has_checkpoint;
                          guest.running = guest.paused;
                          guest.touch();
                      }));
}

Answer container_resume(Call& call) {
    if (auto refusal = refuse_running(call)) return std::move(*refusal);
    return guest_task(call, "resume", checkpoint_plan(target_of(call, no_config_file(call))));
}

Answer guest_resume(Call& call) {
    const Guest* guest = call.guest();
    if (!guest) return die(no_such_guest(call));
    const Target target = target_of(call, no_such_guest(call));
    if (guest->lock() == "suspended") return guest_task(call, "resume", start_plan(target));
    if (!guest->running) return die(fmt::format("VM {} not running", guest->id));
    return guest_task(call, "resume", step_plan(target, [](Guest& resumed, Task&) {
                          resumed.paused = false;
                          resumed.touch();
                      }));
}

}  // namespace demo_node
