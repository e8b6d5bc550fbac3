// Making machines as the devkit's scripts do: their keys, their parameters, nothing more.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/upstream_making.h"

#include <fmt/format.h>

#include <utility>

#include "base/escape.h"
#include "factory/machines.h"
#include "factory/newcomer.h"
#include "line/grammar.h"
#include "stage/change.h"
#include "stage/lock.h"
#include "stage/look.h"
#include "stage/plain.h"
#include "stage/read.h"

namespace proxmox {
namespace {

constexpr std::string_view usual_storage = "local-lvm";

/// It stands there under its name, of which another could have made one as well.
Shown shows_named(const Seen& seen) {
    const json::Value config = seen.data();
    if (config["lock"].exists()) return Shown::under_way;
    return config["name"].text() == seen.record["vm_name"] ? Shown::yes : Shown::no;
}

constexpr Parameter creation_parameters[]{{"vmid", text("{vm_id}")},
                                          {"name", text("{vm_name}")},
                                          {"cpu", text("{vm_cpu}")},
                                          {"cores", text("{vm_cores}")},
                                          {"sockets", text("{vm_sockets}")},
                                          {"memory", text("{vm_memory}")},
                                          {"balloon", text("0")},
                                          {"scsi0", text("{vm_scsi0}")},
                                          {"ide2", text("{vm_ide2}")},
                                          {"boot", text("{vm_boot}")},
                                          {"net0", text("{vm_net0}")},
                                          {"description", text("{vm_description}")},
                                          {"tags", text("{required_tag}")}};

constexpr Change creation{.method = Method::post,
                          .path = "/nodes/{proxmox_node}/qemu",
                          .body = {creation_parameters},
                          .tasks = {"create"},
                          .creates = true,
                          .proof = {"{guest}/config", shows_named, "", Witness::only_one}};

constexpr Change full_clone{
    .method = Method::post,
    .path = "{guest}/clone",
    .body = {{{"vmid", text("{vm_id}")},
              {"newid", text("{vm_new_id}")},
              {"name", text("{vm_name}")},
              {"description", text("{vm_description}")},
              {"full", text("1")},
              {"storage", text("{vm_disk_storage}")}}},
    .tasks = {"clone"},
    .creates = true,
    .proof = {"/nodes/{proxmox_node}/qemu/{vm_new_id}/config", shows_named, "", Witness::only_one}};

constexpr Reading nothing_read{};

Result<std::string> compose_creation(const json::Value&, Record& record, const Moment&) {
    const std::string_view storage = record["vm_disk_storage"];
    if (record.has("vm_disk_size")) {
        if (!is_of(Type::word, storage))
            return fail(Exit::line_failed, fmt::format("not a storage: {}", escape(storage)));
        record.set("vm_scsi0", fmt::format("{}:{},format=raw", storage, record["vm_disk_size"]));
    }
    if (record.has("vm_iso_file")) {
        if (record["vm_iso_file"].find(',') != std::string_view::npos)
            return fail(Exit::line_failed,
                        fmt::format("not an image: {}", escape(record["vm_iso_file"])));
        record.set("vm_ide2", fmt::format("{},media=cdrom", record["vm_iso_file"]));
        record.set("vm_boot", "order=ide2");
    }
    const std::string_view bridge = record["vm_net_virtio_bridge"];
    record.set("vm_net0", fmt::format("virtio,bridge={}", bridge.empty() ? "vmbr0" : bridge));
    return {};
}

/// What a clone is called and says of itself where its line does not say.
Result<std::string> name_clone(const json::Value& source, Record& record, const Moment& moment) {
    if (const auto learnt = learn_clone_storage(source, record, moment); !learnt) return learnt;
    const std::string old(source["name"].text());
    if (!record.has("vm_name")) {
        if (old.empty())
            return fail(Exit::line_failed,
                        fmt::format("vm_id {} has no name: give vm_name", record["vm_id"]));
        record.set("vm_name", old + "-cloned");
    }
    if (!record.has("vm_description")) record.set("vm_description", "FULL clone from " + old);
    return {};
}

void take_storage(Line& line, std::string_view otherwise) {
    if (line.record.has("vm_disk_storage")) return;
    const std::string& storage = line.run.home.vm_storage;
    line.record.set("vm_disk_storage", storage.empty() ? otherwise : storage);
}

Way<bool> is_there_already(Line& line) {
    constexpr std::string_view status = "{guest}/status/current";
    if (line.is_rehearsed) {
        co_await see(line, status);
        co_return false;
    }
    auto path = co_await line.path(status);
    const Finding seen = co_await ask(line, std::move(path));
    if (seen.verdict == Verdict::good)
        line.note(fmt::format("{} is there already ({}): left as it is", line.subject(),
                              escape(seen.data()["name"].text())));
    else if (seen.verdict != Verdict::no_such_vm && seen.verdict != Verdict::forbidden)
        co_await ends_by(failure(line, seen, fmt::format("look-up failed for {}", line.subject())));
    co_return seen.verdict == Verdict::good;
}

Way<Printed> create_there(Line& line) {
    const bool is_there = co_await is_there_already(line);
    if (is_there) co_return Printed{};
    take_storage(line, usual_storage);
    co_await prepare(line, compose_creation);
    Made made = co_await make(line, creation);
    co_return co_await finish(line, std::move(made), creation, nothing_read);
}

Way<Printed> clone_there(Line& line) {
    const Finding source =
        co_await see_unlocked(line, "{guest}/config", std::string(line.record["vm_id"]));
    take_storage(line, {});
    const Moment now = line.stand.now();
    co_await name_clone(source.data(), line.record, now);
    HeldTurn turn = co_await take_turn(line, line.text("clone onto {clone_storage}"));
    Made made = co_await make_unlocked(line, full_clone);
    co_return co_await finish(line, std::move(made), full_clone, nothing_read);
}

}  // namespace

Way<Printed> create_as_upstream(Line& line) {
    NewId named;
    co_return co_await keep_track(line, named, where_it_is(line, create_there));
}

Way<Printed> clone_as_upstream(Line& line) {
    NewId named;
    co_return co_await keep_track(line, named, where_it_is(line, clone_there));
}

}  // namespace proxmox
