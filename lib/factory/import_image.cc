// Imports of downloaded disk images: through the API alone, and the image stays as it is.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/import_image.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/escape.h"
#include "factory/cloud_init.h"
#include "factory/disk.h"
#include "factory/import_on_node.h"
#include "line/expand.h"
#include "line/grammar.h"
#include "stage/change.h"
#include "stage/lock.h"
#include "stage/look.h"
#include "stage/plain.h"
#include "stage/read.h"
#include "stage/task.h"

namespace proxmox {
namespace {

constexpr std::string_view guests_config = "{guest}/config";
constexpr std::string_view import_storages =
    "/nodes/{proxmox_node}/storage?content=import&enabled=1";

Shown shows_disk(const Seen& seen) {
    return seen.data()["scsi0"].exists() ? Shown::yes : Shown::no;
}

/// It copies a whole disk: a task, since an answer would not wait for it.
constexpr Change importing{.method = Method::post,
                           .path = guests_config,
                           .body = {{{"scsihw", text("virtio-scsi-pci")},
                                     {"scsi0", text("{sent_disk}")},
                                     {"ide2", text("{sent_drive}")},
                                     {"boot", text("order=scsi0")},
                                     {"serial0", text("socket")},
                                     {"vga", text("serial0")}}},
                           .tasks = {"config"},
                           .proof = {guests_config, shows_disk}};

constexpr Reading imported{.path = guests_config};

/// "noble.img" of "/var/lib/vz/template/iso/noble.img", and "noble" without its ending.
std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }
std::string_view stem(std::string_view name) { return name.substr(0, name.rfind('.')); }

/// The volume of a storage's list with this file; as an ISO image it may have had another ending.
std::string volume_of(const json::Value& volumes, std::string_view name) {
    std::string same_stem;
    std::string same_name;
    volumes.each([&](const json::Value& volume) {
        const std::string_view id = volume["volid"].text();
        if (file_name(id) == name) same_name = id;
        if (stem(file_name(id)) == stem(name)) same_stem = id;
    });
    return same_name.empty() ? same_stem : same_name;
}

Failure nowhere_to_find(Line& line, const std::set<std::string>& storages) {
    const std::string_view node = line.record["proxmox_node"];
    const std::string image = escape(file_name(line.record["cloudinit_image_full_path"]));
    const std::string phrase = fmt::format("{}: the API has no way to {}", line.subject(), image);
    if (storages.empty())
        return failure(line, Exit::line_failed, phrase,
                       fmt::format("no storage of {} allows the content \"import\": on the node, "
                                   "pvesm set STORAGE --content iso,vztmpl,import and what else it "
                                   "has",
                                   node));
    std::string names;
    for (const std::string& name : storages) names += (names.empty() ? "" : ", ") + name;
    return failure(line, Exit::line_failed, phrase,
                   fmt::format("it is not among the content \"import\" of {}: download it there, "
                               "with that as its iso_file_content_type and a name that ends in "
                               ".qcow2, .raw or .vmdk",
                               names));
}

struct Sought {
    std::string volume{};
    /// Why there is none.
    Failure no_way{};
};

/// The volume that a path means: one of the API's own, or a file of that name.
Way<Sought> find_volume(Line& line, const std::string& path) {
    const bool is_volume = !path.starts_with('/') && path.find(':') != std::string::npos;
    if (is_volume || line.is_rehearsed) co_return Sought{.volume = path};
    const Finding listed = co_await see(line, import_storages);
    std::set<std::string> storages;
    listed.data().each([&storages](const json::Value& storage) {
        const std::string_view name = storage["storage"].text();
        if (is_of(Type::word, name)) storages.emplace(name);
    });
    for (const std::string& storage : storages) {
        const std::string content =
            fmt::format("/nodes/{{proxmox_node}}/storage/{}/content?content=import", storage);
        const Finding volumes = co_await see(line, content);
        const std::string found = volume_of(volumes.data(), file_name(path));
        if (!found.empty()) co_return Sought{.volume = found};
    }
    co_return Sought{.no_way = nowhere_to_find(line, storages)};
}

/// The image is a file of the node that only its root may name; upstream's playbooks go there, too.
Way<void> import_by_node(Line& line, const std::string& ssh_name, Failure no_way) {
    const OverSsh told = co_await import_on_node(line, ssh_name);
    if (told.how == OverSsh::How::done) {
        line.note(fmt::format("{}: imported by qm on {}, over ssh", line.subject(), ssh_name));
        co_return;
    }
    if (told.how == OverSsh::How::not_reached) {
        no_way.cause += fmt::format("; and ssh {} does not lead there: {}", ssh_name, told.words);
        co_await ends_by(std::move(no_way));
    }
    const Finding config = co_await see(line, guests_config);
    if (!config.data()["scsi0"].exists())
        co_await ends_by(failure(
            line, Exit::outcome_unknown,
            fmt::format("{}: outcome unknown, qm set may run on {}", line.subject(), ssh_name),
            fmt::format("{}; check with: qm config {}", told.words, line.record["vm_id"])));
    line.note(fmt::format("{}: the connection was lost ({}), but it is done", line.subject(),
                          told.words));
}

/// Where the disk comes: the line says so, or the vault.
Reached<std::string> storage_for(Line& line) {
    for (const std::string_view key :
         {"vm_disk_storage", "dest_proxmox_storage", "proxmox_dest_vm_storage_name"})
        if (line.record.has(key)) return std::string(line.record[key]);
    const std::string& storage = line.run.home.vm_storage;
    if (is_of(Type::word, storage)) return storage;
    return ends_by(failure(line, Exit::line_failed, line.subject(),
                           "no storage for its disk: give dest_proxmox_storage, or the vault's "
                           "proxmox_dest_vm_storage_name"));
}

Way<void> import_disk(Line& line, bool has_drive, const std::string& ssh_name) {
    const std::string path(line.record["cloudinit_image_full_path"]);
    if (path.find(',') != std::string::npos)
        co_await ends_by(failure(line, Exit::line_failed, "not an image", escape(path)));
    const std::string storage = co_await storage_for(line);
    Sought sought = co_await find_volume(line, path);
    const bool has_volume = !sought.volume.empty();
    if (!has_volume && !path.starts_with('/')) co_await ends_by(std::move(sought.no_way));
    line.record.set("sent_disk",
                    fmt::format("{}:0,import-from={}", storage, has_volume ? sought.volume : path));
    if (!has_drive) line.record.set("sent_drive", fmt::format("{}:cloudinit,media=cdrom", storage));
    if (!has_volume) {
        co_await import_by_node(line, ssh_name, std::move(sought.no_way));
        co_return;
    }
    const Made made = co_await make_unlocked(line, importing);
    if (made.how != Made::How::done)
        co_await ends_by(failure(line, line.exit, overdue_words(line)));
}

Way<Printed> import_there(Line& line, std::string ssh_name) {
    const std::string vm_id(line.record["vm_id"]);
    Finding config = co_await see_unlocked(line, guests_config, vm_id);
    if (config.data()["scsi0"].exists()) {
        line.note(line.subject() + " has its scsi0 already");
    } else {
        co_await import_disk(line, has_cloud_init_drive(config.data()), ssh_name);
        config = co_await see_unlocked(line, guests_config, vm_id);
    }
    const Moment now = line.stand.now();
    auto noted = co_await compose_growth(config.data(), line.record, now);
    if (!noted.empty()) line.note(std::move(noted));
    if (line.record.has("vm_growth")) {
        Made made = co_await make_unlocked(line, growth);
        if (made.how != Made::How::done)
            co_return co_await finish(line, std::move(made), growth, imported);
    }
    co_return co_await read_state(line, imported);
}

}  // namespace

Way<Printed> import_image(Line& line) {
    // Before the line learns where its machine is: playbooks name the node as ssh knows it.
    const std::string ssh_name(line.record["proxmox_node"]);
    // g++ 12 destroys a temporary twice that is a part of co_await.
    const OnNode import_here = [&ssh_name](Line& there) {
        return import_there(
            there, ssh_name.empty() ? std::string(there.record["proxmox_node"]) : ssh_name);
    };
    co_return co_await where_it_is(line, import_here);
}

}  // namespace proxmox
