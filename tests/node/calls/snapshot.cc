// Calls about snapshots: the list, one's configuration, create, delete, roll back.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "calls/calls.h"

namespace demo_node {

namespace {

std::string snapshot_row(const Snapshot& snapshot, Random& random) {
    JsonObject row;
    row.text("name", snapshot.name).text("description", snapshot.config.get("description"));
    row.raw("snaptime", snapshot.config.get("snaptime"));
    row.raw("vmstate", snapshot.with_ram() ? "1" : "0");
    if (snapshot.config.has("parent")) row.text("parent", snapshot.config.get("parent"));
    return row.str(random);
}

std::string current_row(const Vm& vm, Random& random) {
    JsonObject row;
    row.text("name", "current").text("description", "You are here!");
    row.text("digest", vm.config.digest()).raw("running", vm.running ? "1" : "0");
    if (vm.config.has("parent")) row.text("parent", vm.config.get("parent"));
    return row.str(random);
}

void copy_key(const Config& from, Config& to, std::string_view key) {
    const std::string value(from.get(key));
    if (value.empty())
        to.erase(key);
    else
        to.set(key, value);
}

/// Takes `name` out of the chain: its children, and the VM itself, get its parent.
void unlink_snapshot(Vm& vm, const std::string& name) {
    Snapshot* gone = vm.snapshot(name);
    if (!gone) return;
    const Config removed = gone->config;
    for (Snapshot& other : vm.snapshots)
        if (other.config.get("parent") == name) copy_key(removed, other.config, "parent");
    if (vm.config.get("parent") == name) copy_key(removed, vm.config, "parent");
    std::erase_if(vm.snapshots, [&](const Snapshot& one) { return one.name == name; });
}

/// The state that a snapshot task shares between its steps.
struct Work {
    Stage& stage;
    std::string node;
    long id;
    std::string name;
    std::string missing;

    Vm* vm() const { return stage.cluster.vm(node, id); }

    void unlock() const {
        if (Vm* target = vm()) {
            target->config.erase("lock");
            target->touch();
        }
    }
};

Work work_on(const Call& call) {
    return {call.stage, call.node(), call.vmid(), call.parameters.text("snapname"),
            no_config_file(call)};
}

/// A plan that marks the configuration with a lock and works without holding the lock file.
Plan marked_plan(const Work& work, std::string mark, std::function<std::string(const Vm&)> refuse,
                 std::function<Plan::Status(Vm&, Task&)> effect) {
    Plan plan;
    plan.keeps_lock = false;
    plan.begin = [work, mark = std::move(mark),
                  refuse = std::move(refuse)](Task& task) -> Plan::Duration {
        Vm* vm = work.vm();
        if (!vm) return std::unexpected(work.missing);
        if (const std::string reason = refuse(*vm); !reason.empty()) return std::unexpected(reason);
        vm->config.set("lock", mark);
        vm->touch();
        return work.stage.tasks.duration_ms(task.type);
    };
    plan.end = [work, effect = std::move(effect)](Task& task) -> Plan::Status {
        Vm* vm = work.vm();
        if (!vm) return std::unexpected(work.missing);
        vm->config.erase("lock");
        vm->touch();
        return effect(*vm, task);
    };
    plan.undo = [work] { work.unlock(); };
    return plan;
}

std::string unknown_snapshot(const std::string& name) {
    return fmt::format("snapshot '{}' does not exist", name);
}

void log_creation(const Vm& vm, const Snapshot& snapshot, Task& task) {
    const auto volume = fmt::format("local:{0}/vm-{0}-disk-0.qcow2", vm.id);
    if (snapshot.with_ram()) {
        task.log.push_back(
            fmt::format("Formatting '/var/lib/vz/images/{0}/vm-{0}-state-{1}.raw', "
                        "fmt=raw size=658505728 preallocation=off",
                        vm.id, snapshot.name));
        task.log.emplace_back("saving VM state and RAM using storage 'local'");
        task.log.emplace_back("291.00 B in 0s");
        task.log.emplace_back("completed saving the VM state in 0s, saved 2.68 MiB");
    } else if (vm.running) {
        task.log.emplace_back("skipping guest filesystem freeze - disabled in VM options");
    }
    task.log.push_back(fmt::format("snapshotting 'drive-scsi0' ({})", volume));
    if (vm.running) task.log.emplace_back("internal qemu snapshot");
}

Snapshot take_snapshot(const Vm& vm, const Work& work, const std::string& description, bool ram) {
    Snapshot snapshot{work.name, vm.config};
    snapshot.config.erase("description");
    if (!description.empty()) snapshot.config.set("description", description);
    snapshot.config.set_number("snaptime", std::time(nullptr));
    if (ram && vm.running) {
        snapshot.config.set("vmstate",
                            fmt::format("local:{0}/vm-{0}-state-{1}.raw", vm.id, work.name));
        snapshot.config.set("runningcpu", "qemu64");
        snapshot.config.set("runningmachine", "pc-i440fx-10.0+pve1");
        snapshot.config.set("running-nets-host-mtu", "net0=1500");
    }
    return snapshot;
}

void roll_back(Stage& stage, Vm& vm, const Snapshot& snapshot, bool start, int pid) {
    if (vm.running) power_off(stage, vm);
    const bool ram = snapshot.with_ram();
    vm.config = snapshot.config;
    for (const std::string_view key :
         {"snaptime", "vmstate", "runningcpu", "runningmachine", "running-nets-host-mtu"})
        vm.config.erase(key);
    vm.config.set("parent", snapshot.name);
    vm.touch();
    if (ram || start) power_on(vm, pid);
}

}  // namespace

Answer snapshot_list(Call& call) {
    const Vm* vm = call.vm();
    if (!vm) return die(no_config_file(call));
    std::vector<std::string> rows;
    for (const Snapshot& snapshot : vm->snapshots)
        rows.push_back(snapshot_row(snapshot, call.stage.random));
    std::ranges::shuffle(rows, call.stage.random);
    rows.push_back(current_row(*vm, call.stage.random));
    return success(array(rows));
}

Answer snapshot_index(Call&) { return success(R"([{"cmd":"rollback"},{"cmd":"config"}])"); }

Answer snapshot_config(Call& call) {
    Vm* vm = call.vm();
    if (!vm) return die(no_config_file(call));
    const std::string name = call.parameters.text("snapname");
    const Snapshot* snapshot = vm->snapshot(name);
    if (!snapshot) return die(unknown_snapshot(name));
    return success(config_object(snapshot->config, call.stage.random));
}

Answer snapshot_create(Call& call) {
    const Work work = work_on(call);
    if (work.name == "current" || work.name == "pending")
        return die(fmt::format("unable to use snapshot name '{}' (reserved name)", work.name));
    if (!call.vm()) return die(work.missing);
    const auto refuse = [name = work.name](const Vm& vm) -> std::string {
        if (vm.is_template()) return "you can't take a snapshot if it's a template";
        if (std::string locked = locked_text(vm); !locked.empty()) return locked;
        const bool used =
            std::ranges::find(vm.snapshots, name, &Snapshot::name) != vm.snapshots.end();
        return used ? fmt::format("snapshot name '{}' already used", name) : "";
    };
    const auto effect = [work, description = call.parameters.text("description"),
                         ram = call.parameters.flag("vmstate")](Vm& vm,
                                                                Task& task) -> Plan::Status {
        vm.snapshots.push_back(take_snapshot(vm, work, description, ram));
        vm.config.set("parent", work.name);
        log_creation(vm, vm.snapshots.back(), task);
        return "OK";
    };
    return begin_task(call, "qmsnapshot", marked_plan(work, "snapshot", refuse, effect));
}

Answer snapshot_delete(Call& call) {
    const Work work = work_on(call);
    const auto refuse = [name = work.name](const Vm& vm) -> std::string {
        const auto found = std::ranges::find(vm.snapshots, name, &Snapshot::name);
        if (found == vm.snapshots.end()) return unknown_snapshot(name);
        return locked_text(vm);
    };
    const auto effect = [name = work.name](Vm& vm, Task&) -> Plan::Status {
        unlink_snapshot(vm, name);
        return "OK";
    };
    return begin_task(call, "qmdelsnapshot", marked_plan(work, "snapshot-delete", refuse, effect));
}

Answer snapshot_rollback(Call& call) {
    const Work work = work_on(call);
    const auto refuse = [name = work.name](const Vm& vm) -> std::string {
        if (vm.is_template()) return "you can't rollback if vm is a template";
        const auto found = std::ranges::find(vm.snapshots, name, &Snapshot::name);
        if (found == vm.snapshots.end()) return unknown_snapshot(name);
        return locked_text(vm);
    };
    const auto effect = [work, start = call.parameters.flag("start")](Vm& vm,
                                                                      Task& task) -> Plan::Status {
        const Snapshot* snapshot = vm.snapshot(work.name);
        if (!snapshot) return std::unexpected(unknown_snapshot(work.name));
        roll_back(work.stage, vm, *snapshot, start, task.pid + 1);
        return "OK";
    };
    return begin_task(call, "qmrollback", marked_plan(work, "rollback", refuse, effect));
}

}  // namespace demo_node
