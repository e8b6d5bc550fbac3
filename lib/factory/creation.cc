// Making machines: the ways of the tools that create and clone them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/creation.h"

#include <utility>

#include "factory/newcomer.h"
#include "line/grammar.h"
#include "stage/change.h"
#include "stage/lock.h"
#include "stage/look.h"
#include "stage/read.h"

namespace proxmox {
namespace {

constexpr Look source_config{.path = "{guest}/config", .prepare = compose_clone};
constexpr Look storages{.path = storages_path,
                        .prepare = choose_storage,
                        .gives = {"vm_disk_storage", "vm_disk_format"}};
constexpr Look template_config{.path = "/nodes/{proxmox_node}/qemu/{vm_template_id}/config",
                               .prepare = learn_clone_storage,
                               .may_fail = true};

/// A clone of the VM in `path` gets the id that `new_id` stands for, and then `config` is its
/// configuration; `task_id` is the source's.
constexpr Change cloning(std::string_view path, std::string_view new_id, std::string_view task_id,
                         std::string_view config) {
    return {.method = Method::post,
            .path = path,
            .body = {{{"newid", text(new_id)},
                      {"name", text("{vm_name}")},
                      {"full", text("{vm_full_clone}")},
                      {"description", text("{vm_description}")},
                      {"storage", text("{vm_disk_storage}")},
                      {"pool", text("{vm_pool}")}}},
            .tasks = {"clone"},
            .task_id = task_id,
            .creates = true,
            .proof = {config, shows_cloned}};
}

constexpr std::string_view config_of_machine = "{guest}/config";
constexpr std::string_view config_of_clone = "/nodes/{proxmox_node}/qemu/{vm_new_id}/config";

constexpr Change clone_of_vm = cloning("{guest}/clone", "{vm_new_id}", "{vm_id}", config_of_clone);
constexpr Change clone_of_template = cloning("/nodes/{proxmox_node}/qemu/{vm_template_id}/clone",
                                             "{vm_id}", "{vm_template_id}", config_of_machine);

constexpr Change creation{.method = Method::post,
                          .path = "/nodes/{proxmox_node}/qemu",
                          .body = {.members_of = "vm_creation"},
                          .tasks = {"create"},
                          .creates = true,
                          .proof = {config_of_machine, shows_created}};
constexpr Change tags_of_clone{
    .method = Method::put, .path = config_of_clone, .body = {.members_of = "vm_changes"}};
constexpr Change growth_of_clone{.method = Method::put,
                                 .path = "{guest}/resize",
                                 .body = {{{"disk", text("scsi0")}, {"size", text("{vm_growth}")}}},
                                 .bare_task = "resize",
                                 .proof = {config_of_machine, shows_grown}};

constexpr Reading created{.path = config_of_machine, .learn = learn_identity};
constexpr Reading cloned{.path = config_of_clone, .learn = learn_identity};

constexpr std::string_view status_of_clone =
    "/nodes/{proxmox_node}/qemu/{vm_new_id}/status/current";

/// Proxmox's lock on a storage is one for all nodes that share it.
constexpr std::string_view clone_turn = "clone onto {clone_storage}";

/// A refusal because of an id that another guest has gives the line the next one.
Way<void> try_next_id(Line& line, NewId& id, Made refused) {
    if (!may_take_next_id(id, refused.words)) co_await explain(line, std::move(refused));
    co_await take_next_id(line, id);
}

/// The record with all that a creation needs; whether a template is cloned for it.
Way<bool> compose(Line& line) {
    co_await prepare(line, assume_usual);
    if (line.record.has("needs_storage")) co_await look(line, storages);
    const bool is_cloned = line.record.has("vm_template_id");
    if (is_cloned) co_await look(line, template_config);
    co_await prepare(line, compose_machine);
    co_return is_cloned;
}

Way<Printed> create_there(Line& line, NewId& id) {
    co_await take_id(line, id);
    HeldTurn turn;
    while (true) {
        const bool is_cloned = co_await compose(line);
        const Change& change = is_cloned ? clone_of_template : creation;
        if (is_cloned && !turn) turn = co_await take_turn(line, line.text(clone_turn));
        const bool is_composed = is_cloned || line.record.has("vm_creation");
        Made made;
        if (is_composed) made = co_await attempt(line, change);
        if (made.is_refused()) {
            co_await try_next_id(line, id, std::move(made));
            continue;
        }
        if (made.how != Made::How::done)
            co_return co_await finish(line, std::move(made), change, created);
        break;
    }
    const Acted acted{line.record.has("vm_template_id") ? &clone_of_template : &creation};
    for (const auto& [key, change] :
         {std::pair{"vm_changes", &changes_of_machine}, {"vm_growth", &growth_of_clone}}) {
        if (!line.record.has(key)) continue;
        Made made = co_await make(line, *change);
        if (made.how != Made::How::done)
            co_return co_await finish(line, std::move(made), *change, created);
    }
    co_return co_await read_state(line, created, acted);
}

/// The state of what stands under the id that the line names; empty where nothing does, or where it
/// cannot be seen and the request will tell.
Way<std::string> status_under_new_id(Line& line) {
    if (line.is_rehearsed) {
        co_await see(line, status_of_clone);
        co_return std::string();
    }
    auto path = co_await line.path(status_of_clone);
    Finding asked = co_await ask(line, std::move(path));
    const bool is_hidden =
        asked.verdict == Verdict::no_such_vm || asked.verdict == Verdict::forbidden;
    if (asked.verdict != Verdict::good && !is_hidden)
        co_await ends_by(failure(line, asked, line.text("look-up failed for vm_id {vm_new_id}")));
    co_return std::string(asked.data()["status"].text());
}

/// Tells of the clone that an earlier run has made for this line, and that is to be as wanted.
Way<Printed> tell_of_clone(Line& line, std::string status) {
    const Finding config =
        co_await see_unlocked(line, cloned.path, std::string(line.record["vm_new_id"]));
    const Moment now = line.stand.now();
    co_await recognise_clone(config.data(), line.record, now);
    co_await learn_identity(config.data(), line.record, now);
    line.record.set("vm_status", status);
    line.record.set("vm_as_wanted", "true");
    line.note(line.text("vm_id {vm_new_id} is there already, as wanted"));
    co_return print(line);
}

/// "VM 100 already exists on node 'px'": it has moved there since it was made.
std::string other_node_in(std::string_view words, std::string_view node) {
    constexpr std::string_view before = " already exists on node '";
    const std::size_t at = words.find(before);
    if (at == std::string_view::npos) return {};
    words.remove_prefix(at + before.size());
    const std::string_view named = words.substr(0, words.find('\''));
    return is_node_name(named) && named != node ? std::string(named) : std::string();
}

Way<Printed> clone_there(Line& line, NewId& id) {
    const bool names_id = line.record.has("names_id");
    if (names_id) {
        if (!line.record.has("vm_name")) co_await look(line, source_config);
        std::string status = co_await status_under_new_id(line);
        if (!status.empty()) co_return co_await tell_of_clone(line, std::move(status));
    }
    co_await take_id(line, id);
    HeldTurn turn;
    for (int refusals = 0;; ++refusals) {
        co_await look(line, source_config);
        if (line.run.is_asynchronous && line.record.has("vm_changes"))
            co_await ends_by(failure(line, Exit::line_failed,
                                     "a clone that is not waited for cannot get the tag that is "
                                     "required of it"));
        if (!turn) turn = co_await take_turn(line, line.text(clone_turn));
        Made made = co_await attempt(line, clone_of_vm);
        if (made.is_refused() && tells_of_lock(made.words) && refusals < lock_refusals_limit) {
            co_await outlast_lock(line);
            continue;
        }
        if (made.is_refused()) {
            const std::string other = other_node_in(made.words, line.record["proxmox_node"]);
            if (names_id && !other.empty()) {
                line.record.set("proxmox_node", other);
                std::string status = co_await status_under_new_id(line);
                if (!status.empty()) co_return co_await tell_of_clone(line, std::move(status));
            }
            co_await try_next_id(line, id, std::move(made));
            continue;
        }
        if (made.how != Made::How::done)
            co_return co_await finish(line, std::move(made), clone_of_vm, cloned);
        break;
    }
    if (line.record.has("vm_changes")) co_await make(line, tags_of_clone);
    const Acted acted{&clone_of_vm};
    co_return co_await read_state(line, cloned, acted);
}

}  // namespace

Way<Printed> create_machine(Line& line) {
    NewId id;
    const OnNode there = [&id](Line& on_node) { return create_there(on_node, id); };
    co_return co_await keep_track(line, id, where_it_is(line, there));
}

Way<Printed> clone_machine(Line& line) {
    NewId id;
    take_plan(line.record);
    const OnNode there = [&id](Line& on_node) { return clone_there(on_node, id); };
    co_return co_await keep_track(line, id, where_it_is(line, there));
}

}  // namespace proxmox
