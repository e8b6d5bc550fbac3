// Calls that make guests: create, clone, turn into a template.
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
    const auto found = stage.cluster.guests.find(id);
    if (found == stage.cluster.guests.end()) return {};
    const Guest& there = found->second;
    return fmt::format("{} {} already exists on node '{}'", there.kind->noun, id, there.node);
}

/// A pool that is not there is answered as one that may not be used.
std::optional<Answer> refuse_unknown_pool(const Stage& stage, const std::string& pool) {
    if (pool.empty() || stage.objects.find(std::string(pools_path), pool)) return std::nullopt;
    return failure(403, fmt::format("Permission check failed (/pool/{})\n", pool));
}

/// What stands there, locked, while the task that makes the guest works.
void place(Stage& stage, const GuestKind& kind, const std::string& node, long id,
           std::string_view lock, const std::string& pool) {
    Guest guest{.kind = &kind, .id = id, .node = node, .config = {}};
    guest.config.set("lock", lock);
    guest.pool = pool;
    stage.cluster.guests.emplace(id, std::move(guest));
}

struct Cloning {
    Stage& stage;
    const GuestKind& kind;
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
        for (const auto& [_, guest] : stage.cluster.guests)
            if (guest.lock() == "clone" && guest.cloning_onto == storage) ++count;
        return count;
    }
};

std::string unlinkable_text(const Guest& source) {
    if (source.kind == &machines) return "Linked clone feature is not supported for drive 'scsi0'";
    const std::string_view disk = source.config.get("rootfs");
    return fmt::format("Linked clone feature for '{}' is not available",
                       disk.substr(0, disk.find(',')));
}

std::string refuse_clone(const Call& call, const Guest& source, bool linked) {
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
    if (linked && !source.is_template()) return unlinkable_text(source);
    return taken_text(call.stage, call.parameters.number("newid"));
}

Plan clone_plan(const Cloning& cloning, bool has_storage) {
    Stage& stage = cloning.stage;
    Plan plan;
    plan.keeps_lock = false;
    const bool is_refused = cloning.running() > stage.options.clones_at_once;
    const auto config = std::make_shared<Config>();
    plan.begin = [cloning, is_refused, has_storage, config](Task& task) -> Plan::Duration {
        task.log.push_back(fmt::format("creating a clone of {} {} with ID {}",
                                       cloning.kind.noun_in_logs, cloning.source, cloning.id));
        if (is_refused) return cloning.stage.options.lock_wait_ms;
        if (const Guest* source =
                cloning.stage.cluster.guest(cloning.kind, cloning.node, cloning.source)) {
            *config = cloned_config(cloning.stage, *source, cloning.id, cloning.linked,
                                    has_storage ? cloning.storage : "");
            if (!cloning.linked) log_full_clone(*source, *config, task, false);
        }
        return cloning.stage.tasks.duration_ms(task.type);
    };
    plan.end = [cloning, is_refused, config](Task& task) -> Plan::Status {
        Stage& end_stage = cloning.stage;
        const Guest* source = end_stage.cluster.guest(cloning.kind, cloning.node, cloning.source);
        if (is_refused || source == nullptr) {
            end_stage.cluster.guests.erase(cloning.id);
            return std::unexpected(
                fmt::format("clone failed: can't lock file "
                            "'/var/lock/pve-manager/pve-storage-{}' - got timeout",
                            cloning.storage));
        }
        Guest& made = end_stage.cluster.guests.at(cloning.id);
        made.config = *config;
        made.config.set(cloning.kind.name_key, cloning.name);
        if (!cloning.description.empty()) made.config.set("description", cloning.description);
        if (!cloning.linked) log_full_clone(*source, made.config, task, true);
        made.touch();
        return "OK";
    };
    plan.undo = [cloning] { cloning.stage.cluster.guests.erase(cloning.id); };
    return plan;
}

/// What a container has without being told.
void complete_container(const Call& call, Guest& draft) {
    constexpr std::string_view default_disk = "4";
    constexpr long default_megabytes = 512;
    draft.config.set("arch", "amd64");
    if (!draft.config.has("ostype")) draft.config.set("ostype", "debian");
    for (const std::string_view key : {"memory", "swap"})
        if (!draft.config.has(key)) draft.config.set_number(key, default_megabytes);
    if (draft.config.has("rootfs")) return;
    const std::string storage = call.parameters.text("storage", "local");
    draft.config.set(
        "rootfs",
        fmt::format("{},size={}G", volume_name(call.stage, containers, storage, draft.id, 0, "raw"),
                    default_disk));
}

}  // namespace

Answer guest_create(Call& call) {
    Stage& stage = call.stage;
    const long id = call.vmid();
    const bool is_container = call.kind == &containers;
    const std::string subject =
        is_container ? std::string{} : fmt::format("unable to create VM {} - ", id);
    const std::string pool = call.parameters.text("pool");
    if (auto refusal = refuse_unknown_pool(stage, pool)) return std::move(*refusal);
    if (const auto taken = taken_text(stage, id); !taken.empty()) return die(subject + taken);
    Guest draft{.kind = call.kind, .id = id, .node = call.node(), .config = {}};
    if (const auto error = write_parameters(stage, draft, call.parameters); !error.empty())
        return die(error);
    if (is_container)
        complete_container(call, draft);
    else
        write_birth_marks(stage, draft);
    place(stage, *call.kind, call.node(), id, "create", pool);
    Plan plan;
    const std::string iso = call.parameters.text("cdrom") + call.parameters.text("ide2");
    const bool lacks_iso = iso.find("nosuch.iso") != std::string::npos;
    plan.begin = [&stage, lacks_iso](Task& task) -> Plan::Duration {
        return lacks_iso ? 0 : stage.tasks.duration_ms(task.type);
    };
    plan.end = [&stage, draft, subject, lacks_iso,
                start = call.parameters.flag("start")](Task& task) -> Plan::Status {
        if (lacks_iso) {
            stage.cluster.guests.erase(draft.id);
            return std::unexpected(subject + "volume 'local:iso/nosuch.iso' does not exist");
        }
        Guest& made = stage.cluster.guests.at(draft.id);
        made.config = draft.config;
        made.touch();
        log_new_disks(made, task);
        if (start) task.log.emplace_back("Execute autostart");
        if (start) power_on(made, task.pid + 1);
        return "OK";
    };
    plan.undo = [&stage, id] { stage.cluster.guests.erase(id); };
    return guest_task(call, "create", std::move(plan));
}

Answer guest_clone(Call& call) {
    const Guest* source = call.guest();
    const bool is_container = call.kind == &containers;
    if (!source) return die(is_container ? no_config_file(call) : no_such_guest(call));
    const std::string pool = call.parameters.text("pool");
    if (auto refusal = refuse_unknown_pool(call.stage, pool)) return std::move(*refusal);
    const bool linked =
        source->is_template() ? !call.parameters.flag("full") : call.parameters.text("full") == "0";
    if (const auto reason = refuse_clone(call, *source, linked); !reason.empty())
        return die(reason);
    const std::string given = call.parameters.text("storage");
    Cloning cloning{.stage = call.stage,
                    .kind = *call.kind,
                    .node = call.node(),
                    .source = source->id,
                    .id = call.parameters.number("newid"),
                    .name = call.parameters.text(call.kind->name_key),
                    .description = call.parameters.text("description"),
                    .storage = given.empty() ? storage_of(*source) : given,
                    .linked = linked};
    if (cloning.name.empty())
        cloning.name = is_container ? source->name()
                                    : fmt::format("Copy-of-VM-{}", source->config.get("name"));
    const std::string target = call.parameters.text("target");
    place(call.stage, *call.kind, target.empty() ? cloning.node : target, cloning.id, "clone",
          pool);
    call.stage.cluster.guests.at(cloning.id).cloning_onto = cloning.storage;
    return guest_task(call, "clone", clone_plan(cloning, !given.empty()));
}

Answer guest_template(Call& call) {
    Guest* guest = call.guest();
    if (!guest) return die(no_config_file(call));
    if (const auto locked = locked_text(*guest); !locked.empty()) return die(locked);
    if (!guest->snapshots.empty())
        return die(fmt::format("unable to create template, because {} contains snapshots",
                               call.kind->noun));
    if (guest->is_template()) return die("you can't convert a template to a template");
    if (guest->running)
        return die(call.kind == &containers
                       ? "you can't convert a CT to template if the CT is running"
                       : "you can't convert a VM to template if VM is running");
    if (call.kind == &containers) {
        become_template(*guest);
        return success("null");
    }
    Plan plan;
    plan.begin = [&stage = call.stage](Task& task) -> Plan::Duration {
        return stage.tasks.duration_ms(task.type);
    };
    plan.end = [&stage = call.stage, node = call.node(), id = call.vmid()](Task&) -> Plan::Status {
        if (Guest* target = stage.cluster.guest(machines, node, id)) become_template(*target);
        return "OK";
    };
    return guest_task(call, "template", std::move(plan));
}

}  // namespace demo_node
