// Calls that make virtual machines: create, clone, turn into a template.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "calls/calls.h"
#include "calls/creation.h"
#include "calls/disk_log.h"

namespace demo_node {

namespace {

std::string taken_text(const Stage& stage, long id) {
    const auto found = stage.cluster.vms.find(id);
    if (found == stage.cluster.vms.end()) return {};
    return fmt::format("VM {} already exists on node '{}'", id, found->second.node);
}

std::string unknown_pool(const Stage& stage, const std::string& pool) {
    if (pool.empty() || std::ranges::find(stage.options.pools, pool) != stage.options.pools.end())
        return {};
    return fmt::format("pool '{}' does not exist", pool);
}

/// What stands there, locked, while the task that makes the VM works.
void place(Stage& stage, const std::string& node, long id, std::string_view lock,
           const std::string& pool) {
    Vm vm{.id = id, .node = node, .config = {}};
    vm.config.set("lock", lock);
    vm.pool = pool;
    stage.cluster.vms.emplace(id, std::move(vm));
}

struct Cloning {
    Stage& stage;
    std::string node;
    long source;
    long id;
    std::string name;
    std::string description;
    std::string storage;
    bool linked;

    /// As Proxmox sees it: only so many at a time come through to a storage.
    int running() const {
        int count = 0;
        for (const auto& [_, vm] : stage.cluster.vms)
            if (vm.lock() == "clone" && vm.cloning_onto == storage) ++count;
        return count;
    }
};

std::string refuse_clone(const Call& call, const Vm& source, bool linked) {
    if (const auto locked = locked_text(source); !locked.empty()) return locked;
    const std::string storage = call.parameters.text("storage");
    if (const auto unknown = unknown_storage(call.stage, storage.empty() ? "" : storage + ':');
        !unknown.empty())
        return unknown;
    const std::string target = call.parameters.text("target");
    if (!target.empty() && call.stage.cluster.node(target) == nullptr)
        return fmt::format("no such cluster node '{}'", target);
    const std::string snapshot = call.parameters.text("snapname");
    if (!snapshot.empty() &&
        std::ranges::find(source.snapshots, snapshot, &Snapshot::name) == source.snapshots.end())
        return fmt::format("snapshot '{}' does not exist", snapshot);
    if (linked && !storage.empty()) return "parameter 'storage' not allowed for linked clones";
    if (linked && !source.is_template())
        return "Linked clone feature is not supported for drive 'scsi0'";
    if (const auto unknown = unknown_pool(call.stage, call.parameters.text("pool"));
        !unknown.empty())
        return unknown;
    return taken_text(call.stage, call.parameters.number("newid"));
}

Plan clone_plan(const Cloning& cloning, bool has_storage) {
    Stage& stage = cloning.stage;
    Plan plan;
    plan.keeps_lock = false;
    const bool is_refused = cloning.running() > stage.options.clones_at_once;
    const auto config = std::make_shared<Config>();
    plan.begin = [cloning, is_refused, has_storage, config](Task& task) -> Plan::Duration {
        task.log.push_back(
            fmt::format("creating a clone of VM {} with ID {}", cloning.source, cloning.id));
        if (is_refused) return cloning.stage.options.lock_wait_ms;
        if (const Vm* source = cloning.stage.cluster.vm(cloning.node, cloning.source)) {
            *config = cloned_config(cloning.stage, *source, cloning.id, cloning.linked,
                                    has_storage ? cloning.storage : "");
            if (!cloning.linked) log_full_clone(source->config, *config, task, false);
        }
        return cloning.stage.tasks.duration_ms(task.type);
    };
    plan.end = [cloning, is_refused, config](Task& task) -> Plan::Status {
        Stage& end_stage = cloning.stage;
        const Vm* source = end_stage.cluster.vm(cloning.node, cloning.source);
        if (is_refused || source == nullptr) {
            end_stage.cluster.vms.erase(cloning.id);
            return std::unexpected(
                fmt::format("clone failed: can't lock file "
                            "'/var/lock/pve-manager/pve-storage-{}' - got timeout",
                            cloning.storage));
        }
        Vm& made = end_stage.cluster.vms.at(cloning.id);
        made.config = *config;
        made.config.set("name", cloning.name);
        if (!cloning.description.empty()) made.config.set("description", cloning.description);
        if (!cloning.linked) log_full_clone(source->config, made.config, task, true);
        made.touch();
        return "OK";
    };
    plan.undo = [cloning] { cloning.stage.cluster.vms.erase(cloning.id); };
    return plan;
}

}  // namespace

Answer vm_create(Call& call) {
    Stage& stage = call.stage;
    const long id = call.vmid();
    const std::string subject = fmt::format("unable to create VM {} - ", id);
    const std::string pool = call.parameters.text("pool");
    if (const auto unknown = unknown_pool(stage, pool); !unknown.empty()) return die(unknown);
    if (const auto taken = taken_text(stage, id); !taken.empty()) return die(subject + taken);
    Vm draft{.id = id, .node = call.node(), .config = {}};
    if (const auto error = write_parameters(stage, draft, call.parameters); !error.empty())
        return die(error);
    write_birth_marks(stage, draft);
    place(stage, call.node(), id, "create", pool);
    Plan plan;
    const std::string iso = call.parameters.text("cdrom") + call.parameters.text("ide2");
    const bool lacks_iso = iso.find("nosuch.iso") != std::string::npos;
    plan.begin = [&stage, lacks_iso](Task& task) -> Plan::Duration {
        return lacks_iso ? 0 : stage.tasks.duration_ms(task.type);
    };
    plan.end = [&stage, draft, subject, lacks_iso,
                start = call.parameters.flag("start")](Task& task) -> Plan::Status {
        if (lacks_iso) {
            stage.cluster.vms.erase(draft.id);
            return std::unexpected(subject + "volume 'local:iso/nosuch.iso' does not exist");
        }
        Vm& made = stage.cluster.vms.at(draft.id);
        made.config = draft.config;
        made.touch();
        log_new_disks(made, task);
        if (start) task.log.emplace_back("Execute autostart");
        if (start) power_on(made, task.pid + 1);
        return "OK";
    };
    plan.undo = [&stage, id] { stage.cluster.vms.erase(id); };
    return begin_task(call, "qmcreate", std::move(plan));
}

Answer vm_clone(Call& call) {
    const Vm* source = call.vm();
    if (!source) return die(no_such_vm(call));
    const bool linked =
        source->is_template() ? !call.parameters.flag("full") : call.parameters.text("full") == "0";
    if (const auto reason = refuse_clone(call, *source, linked); !reason.empty())
        return die(reason);
    const std::string given = call.parameters.text("storage");
    Cloning cloning{.stage = call.stage,
                    .node = call.node(),
                    .source = source->id,
                    .id = call.parameters.number("newid"),
                    .name = call.parameters.text("name"),
                    .description = call.parameters.text("description"),
                    .storage = given.empty() ? storage_of(*source) : given,
                    .linked = linked};
    if (cloning.name.empty())
        cloning.name = fmt::format("Copy-of-VM-{}", source->config.get("name"));
    const std::string target = call.parameters.text("target");
    place(call.stage, target.empty() ? cloning.node : target, cloning.id, "clone",
          call.parameters.text("pool"));
    call.stage.cluster.vms.at(cloning.id).cloning_onto = cloning.storage;
    return begin_task(call, "qmclone", clone_plan(cloning, !given.empty()));
}

Answer vm_template(Call& call) {
    const Vm* vm = call.vm();
    if (!vm) return die(no_config_file(call));
    if (const auto locked = locked_text(*vm); !locked.empty()) return die(locked);
    if (!vm->snapshots.empty())
        return die("unable to create template, because VM contains snapshots");
    if (vm->is_template()) return die("you can't convert a template to a template");
    if (vm->running) return die("you can't convert a VM to template if VM is running");
    Plan plan;
    plan.begin = [&stage = call.stage](Task& task) -> Plan::Duration {
        return stage.tasks.duration_ms(task.type);
    };
    plan.end = [&stage = call.stage, node = call.node(), id = call.vmid()](Task&) -> Plan::Status {
        Vm* target = stage.cluster.vm(node, id);
        if (!target) return "OK";
        const Config before = target->config;
        for (const Config::Entry& entry : before.entries())
            if (const std::size_t at = entry.value.find("/vm-"); at != std::string::npos)
                target->config.set(entry.key, std::string(entry.value).replace(at, 4, "/base-"));
        target->config.set_number("template", 1);
        target->touch();
        return "OK";
    };
    return begin_task(call, "qmtemplate", std::move(plan));
}

}  // namespace demo_node
