// Calls about snapshots: the list, one's configuration, create, delete, roll back.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "calls/calls.h"
#include "calls/creation.h"

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

std::string current_row(const Guest& guest, Random& random) {
    JsonObject row;
    row.text("name", "current").text("description", "You are here!");
    row.text("digest", guest.config.digest()).raw("running", guest.running ? "1" : "0");
    if (guest.config.has("parent")) row.text("parent", guest.config.get("parent"));
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
void unlink_snapshot(Guest& guest, const std::string& name) {
    Snapshot* gone = guest.snapshot(name);
    if (!gone) return;
    const Config removed = gone->config;
    for (Snapshot& other : guest.snapshots)
        if (other.config.get("parent") == name) copy_key(removed, other.config, "parent");
    if (guest.config.get("parent") == name) copy_key(removed, guest.config, "parent");
    std::erase_if(guest.snapshots, [&](const Snapshot& one) { return one.name == name; });
}

/// The state that a snapshot task shares between its steps.
struct Work {
    Stage& stage;
    const GuestKind& kind;
    std::string node;
    long id;
    std::string name;
    std::string missing;

    Guest* guest() const { return stage.cluster.guest(kind, node, id); }

    void unlock() const {
        if (Guest* target = guest()) {
            target->config.erase("lock");
            target->touch();
        }
    }
};

Work work_on(const Call& call) {
    return {
        call.stage,          *call.kind, call.node(), call.vmid(), call.parameters.text("snapname"),
        no_config_file(call)};
}

/// A plan that marks the configuration with a lock and works without holding the lock file.
Plan marked_plan(const Work& work, std::string mark,
                 std::function<std::string(const Guest&)> refuse,
                 std::function<Plan::Status(Guest&, Task&)> effect) {
    Plan plan;
    plan.keeps_lock = false;
    plan.begin = [work, mark = std::move(mark),
                  refuse = std::move(refuse)](Task& task) -> Plan::Duration {
        Guest* guest = work.guest();
        if (!guest) return std::unexpected(work.missing);
        if (const std::string reason = refuse(*guest); !reason.empty())
            return std::unexpected(reason);
        guest->config.set("lock", mark);
        guest->touch();
        return work.stage.tasks.duration_ms(task.type);
    };
    plan.end = [work, effect = std::move(effect)](Task& task) -> Plan::Status {
        Guest* guest = work.guest();
        if (!guest) return std::unexpected(work.missing);
        guest->config.erase("lock");
        guest->touch();
        return effect(*guest, task);
    };
    plan.undo = [work] { work.unlock(); };
    return plan;
}

std::string unknown_snapshot(const std::string& name) {
    return fmt::format("snapshot '{}' does not exist", name);
}

void log_creation(const Guest& guest, const Snapshot& snapshot, Task& task) {
    const std::string_view disk = guest.config.get("scsi0");
    const std::string_view volume = disk.substr(0, disk.find(','));
    if (snapshot.with_ram()) {
        task.log.push_back(
            fmt::format("Formatting '/var/lib/vz/images/{0}/vm-{0}-state-{1}.raw', "
                        "fmt=raw size=658505728 preallocation=off",
                        guest.id, snapshot.name));
        task.log.emplace_back("saving VM state and RAM using storage 'local'");
        task.log.emplace_back("291.00 B in 0s");
        task.log.emplace_back("completed saving the VM state in 0s, saved 2.68 MiB");
    } else if (guest.running) {
        task.log.emplace_back("skipping guest filesystem freeze - disabled in VM options");
    }
    if (volume.empty()) return;
    task.log.push_back(fmt::format("snapshotting 'drive-scsi0' ({})", volume));
    if (guest.running) task.log.emplace_back("internal qemu snapshot");
}

Snapshot take_snapshot(const Guest& guest, const Work& work, const std::string& description,
                       bool ram) {
    Snapshot snapshot{work.name, guest.config};
    snapshot.config.erase("description");
    if (!description.empty()) snapshot.config.set("description", description);
    snapshot.config.set_number("snaptime", Clock::wall());
    if (ram && guest.running) {
        snapshot.config.set("vmstate",
                            fmt::format("local:{0}/vm-{0}-state-{1}.raw", guest.id, work.name));
        snapshot.config.set("runningcpu", "qemu64");
        snapshot.config.set("runningmachine", "pc-i440fx-10.0+pve1");
        snapshot.config.set("running-nets-host-mtu", "net0=1500");
    }
    return snapshot;
}

void roll_back(Stage& stage, Guest& guest, const Snapshot& snapshot, bool start, int pid) {
    if (guest.running) power_off(stage, guest);
    const bool ram = snapshot.with_ram();
    guest.config = snapshot.config;
    for (const std::string_view key :
         {"snaptime", "vmstate", "runningcpu", "runningmachine", "running-nets-host-mtu"})
        guest.config.erase(key);
    guest.config.set("parent", snapshot.name);
    guest.touch();
    if (ram || start) power_on(guest, pid);
}

}  // namespace

Answer snapshot_list(Call& call) {
    const Guest* guest = call.guest();
    if (!guest) return die(no_config_file(call));
    std::vector<std::string> rows;
    for (const Snapshot& snapshot : guest->snapshots)
        rows.push_back(snapshot_row(snapshot, call.stage.random));
    std::ranges::shuffle(rows, call.stage.random);
    rows.push_back(current_row(*guest, call.stage.random));
    return success(array(rows));
}

Answer snapshot_index(Call&) { return success(R"([{"cmd":"rollback"},{"cmd":"config"}])"); }

Answer snapshot_config(Call& call) {
    Guest* guest = call.guest();
    if (!guest) return die(no_config_file(call));
    const std::string name = call.parameters.text("snapname");
    const Snapshot* snapshot = guest->snapshot(name);
    if (!snapshot) return die(unknown_snapshot(name));
    return success(config_object(snapshot->config, call.stage.random));
}

Answer snapshot_create(Call& call) {
    const Work work = work_on(call);
    if (work.name == "current" || work.name == "pending")
        return die(fmt::format("unable to use snapshot name '{}' (reserved name)", work.name));
    if (!call.guest() && call.kind->looks_before_snapshot) return die(work.missing);
    const auto refuse = [work, name = work.name](const Guest& guest) -> std::string {
        if (guest.is_template()) return "you can't take a snapshot if it's a template";
        if (std::string locked = locked_text(guest); !locked.empty()) return locked;
        const bool used =
            std::ranges::find(guest.snapshots, name, &Snapshot::name) != guest.snapshots.end();
        if (used) return fmt::format("snapshot name '{}' already used", name);
        return takes_snapshots(work.stage, guest) ? "" : "snapshot feature is not available";
    };
    const auto effect = [work, description = call.parameters.text("description"),
                         ram = call.parameters.flag("vmstate")](Guest& guest,
                                                                Task& task) -> Plan::Status {
        guest.snapshots.push_back(take_snapshot(guest, work, description, ram));
        guest.config.set("parent", work.name);
        log_creation(guest, guest.snapshots.back(), task);
        return "OK";
    };
    return guest_task(call, "snapshot", marked_plan(work, "snapshot", refuse, effect));
}

Answer snapshot_delete(Call& call) {
    const Work work = work_on(call);
    const auto refuse = [name = work.name](const Guest& guest) -> std::string {
        const auto found = std::ranges::find(guest.snapshots, name, &Snapshot::name);
        if (found == guest.snapshots.end()) return unknown_snapshot(name);
        return locked_text(guest);
    };
    const auto effect = [name = work.name](Guest& guest, Task&) -> Plan::Status {
        unlink_snapshot(guest, name);
        return "OK";
    };
    return guest_task(call, "delsnapshot", marked_plan(work, "snapshot-delete", refuse, effect));
}

Answer snapshot_rollback(Call& call) {
    const Work work = work_on(call);
    const auto refuse = [name = work.name](const Guest& guest) -> std::string {
        if (guest.is_template()) return "you can't rollback if vm is a template";
        const auto found = std::ranges::find(guest.snapshots, name, &Snapshot::name);
        if (found == guest.snapshots.end()) return unknown_snapshot(name);
        return locked_text(guest);
    };
    const auto effect = [work, start = call.parameters.flag("start")](Guest& guest,
                                                                      Task& task) -> Plan::Status {
        const Snapshot* snapshot = guest.snapshot(work.name);
        if (!snapshot) return std::unexpected(unknown_snapshot(work.name));
        roll_back(work.stage, guest, *snapshot, start, task.pid + 1);
        return "OK";
    };
    return guest_task(call, "rollback", marked_plan(work, "rollback", refuse, effect));
}

}  // namespace demo_node
