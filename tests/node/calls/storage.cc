// Storages: how they are defined, what they have room for, and what lies on them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "calls/calls.h"
#include "calls/collections.h"
#include "calls/privileges.h"
#include "http/forms.h"
#include "model/config_keys.h"

namespace demo_node {

namespace {

using namespace privilege;
using Way = Refusal::Way;

constexpr long total_bytes = 270'553'174'016;
constexpr long used_bytes = 22'720'827'392;
constexpr std::size_t most_delete = 4096, most_digest = 64;
constexpr std::string_view file_formats =
    R"({"default":"raw","supported":["raw","qcow2","vmdk","subvol"]})";
constexpr std::string_view volume_formats = R"({"default":"raw","supported":["raw"]})";
constexpr std::string_view file_format_pair = R"([{"raw":1,"qcow2":1,"vmdk":1,"subvol":1},"raw"])";
constexpr std::string_view volume_format_pair = R"([{"raw":1},"raw"])";

constexpr Permission allocate{"/storage", store_allocate};
constexpr Place places[] = {
    {"", anyone, {"/storage/{storage}", store_allocate}, allocate, allocate}};

constexpr std::string_view types =
    "btrfs, cephfs, cifs, dir, esxi, iscsi, iscsidirect, lvm, lvmthin, nfs, pbs, rbd, zfs, zfspool";

constexpr Field create[] = {{.name = "storage", .required = true, .form = storage_id_error},
                            {.name = "type", .required = true, .choices = types},
                            {.name = "content", .form = content_types_error},
                            {.name = "disable", .type = Type::boolean},
                            {.name = "export"},
                            {.name = "format", .choices = "raw, qcow2, subvol, vmdk"},
                            {.name = "mkdir", .type = Type::boolean},
                            {.name = "nodes"},
                            {.name = "path"},
                            {.name = "pool"},
                            {.name = "preallocation", .choices = "off, metadata, falloc, full"},
                            {.name = "prune-backups"},
                            {.name = "server"},
                            {.name = "shared", .type = Type::boolean},
                            {.name = "sparse", .type = Type::boolean},
                            {.name = "thinpool"},
                            {.name = "vgname"}};
constexpr Field change[] = {{.name = "content", .form = content_types_error},
                            {.name = "delete", .max_length = most_delete},
                            {.name = "digest", .max_length = most_digest},
                            {.name = "disable", .type = Type::boolean},
                            {.name = "format", .choices = "raw, qcow2, subvol, vmdk"},
                            {.name = "mkdir", .type = Type::boolean},
                            {.name = "nodes"},
                            {.name = "pool"},
                            {.name = "preallocation", .choices = "off, metadata, falloc, full"},
                            {.name = "prune-backups"},
                            {.name = "server"},
                            {.name = "shared", .type = Type::boolean},
                            {.name = "sparse", .type = Type::boolean}};
constexpr Field query[] = {{.name = "type", .choices = types}};

bool may_read(const Call& call, std::string_view storage) {
    return std::ranges::any_of(store_read, [&](std::string_view privilege) {
        return call.token.may(privilege, fmt::format("/storage/{}", storage));
    });
}

bool is_visible(const Call& call, const Item& storage) {
    if (call.route->shelf == call.route->path) {
        const std::string type = call.parameters.text("type");
        if (!type.empty() && storage.values.get("type") != type) return false;
    }
    return may_read(call, storage.key);
}

/// Where a storage is, by its type; what is missing is told as the file's parser tells it.
std::optional<Answer> check(Call& call, Item& storage, Deed deed) {
    if (deed != Deed::create) return std::nullopt;
    const std::string_view type = storage.values.get("type");
    std::string_view needed;
    if (type == "dir" || type == "btrfs") needed = "path";
    if (type == "zfspool") needed = "pool";
    if (type == "lvm" || type == "lvmthin") needed = "vgname";
    if (type == "nfs") needed = "server";
    if (needed.empty() || storage.values.has(needed)) return std::nullopt;
    return fail_deed(call, deed, fmt::format("missing value for required option '{}'", needed));
}

std::string report(const Call& call, const Item& storage, Deed deed) {
    if (deed == Deed::remove) return "null";
    JsonObject object;
    object.text("storage", storage.key).text("type", storage.values.get("type"));
    return object.str(call.stage.random);
}

constexpr Refusal no_storage{Way::failure, "storage '{}' does not exist"};

constexpr CollectionKind collections[] = {
    {.name = "storage",
     .places = places,
     .key = "storage",
     .create = create,
     .change = change,
     .query = query,
     .taken = {Way::failure, "storage ID '{}' already defined"},
     .missing = no_storage,
     .missing_at_removal = no_storage,
     .subject = "{} storage failed: ",
     .item_has_digest = true,
     .check = check,
     .is_visible = is_visible,
     .report = report},
};

void add_room(JsonObject& row, const Item& storage) {
    const bool is_enabled = !storage.values.has("disable");
    row.text("type", storage.values.get("type")).text("content", storage.values.get("content"));
    row.raw("active", is_enabled ? "1" : "0").raw("enabled", is_enabled ? "1" : "0");
    row.raw("shared", storage.values.get("shared") == "1" ? "1" : "0");
    row.number("total", is_enabled ? total_bytes : 0).number("used", is_enabled ? used_bytes : 0);
    row.number("avail", is_enabled ? total_bytes - used_bytes : 0);
}

/// A storage that is not used says nothing about its formats.
std::string node_row(Call& call, const Item& storage) {
    JsonObject row;
    row.text("storage", storage.key);
    add_room(row, storage);
    if (storage.values.has("disable")) return row.str(call.stage.random);
    row.raw("used_fraction", "0.0839");
    if (call.parameters.flag("format")) {
        const bool is_file = holds_files(storage.values.get("type"));
        row.raw("formats", is_file ? file_formats : volume_formats);
        row.raw("format", is_file ? file_format_pair : volume_format_pair);
    }
    return row.str(call.stage.random);
}

bool holds(const Item& storage, std::string_view content) {
    const std::vector<std::string> held = split_list(storage.values.get("content"));
    return content.empty() || std::ranges::any_of(split_list(content), [&](const auto& wanted) {
               return std::ranges::find(held, wanted) != held.end();
           });
}

long size_of(std::string_view drive) {
    constexpr std::string_view units = "KMGT", mark = "size=";
    const std::size_t at = drive.find(mark);
    if (at == std::string_view::npos) return 1L << 30;
    const std::string text(drive.substr(at + mark.size(), drive.find(',', at) - at - mark.size()));
    long bytes = std::strtol(text.c_str(), nullptr, 10);
    const std::size_t unit = text.empty() ? std::string::npos : units.find(text.back());
    for (std::size_t step = 0; unit != std::string::npos && step <= unit; ++step) bytes *= 1024;
    return bytes;
}

/// "qcow2" of a file, and what stands for it where disks have no names of files.
std::string_view format_of(std::string_view volume, const GuestKind& kind) {
    for (const std::string_view format : {"qcow2", "raw", "vmdk"})
        if (volume.ends_with(format)) return format;
    return &kind == &containers && volume.find("subvol") != std::string_view::npos ? "subvol"
                                                                                   : "raw";
}

/// The disks of guests, as they lie on a storage.
std::vector<std::string> disk_rows(Call& call, const std::string& storage) {
    constexpr long used = 24'576;
    const std::string prefix = storage + ':';
    const std::string wanted = call.parameters.text("content");
    std::vector<std::string> rows;
    for (const auto& [id, guest] : call.stage.cluster.guests) {
        const std::string_view content = guest.kind == &containers ? "rootdir" : "images";
        if (guest.node != call.node() || (!wanted.empty() && wanted != content)) continue;
        if (call.parameters.has("vmid") && call.vmid() != id) continue;
        for (const Config::Entry& entry : guest.config.entries()) {
            const std::string volume = entry.value.substr(0, entry.value.find(','));
            if (!is_disk_key(*guest.kind, entry.key) || !volume.starts_with(prefix)) continue;
            if (volume.find("-disk-") == std::string::npos) continue;
            JsonObject row;
            row.text("volid", volume).number("vmid", id).text("content", content);
            row.text("format", format_of(volume, *guest.kind)).raw("parent", "null");
            row.number("ctime", Clock::wall()).number("size", size_of(entry.value));
            rows.push_back(row.number("used", used).str(call.stage.random));
        }
    }
    return rows;
}

}  // namespace

std::span<const CollectionKind> storage_collections() { return collections; }

Answer node_storage(Call& call) {
    std::vector<std::string> rows;
    const std::string only = call.parameters.text("storage");
    for (const Item& storage : call.stage.objects.look(std::string(storages_path))) {
        const bool is_disabled = storage.values.has("disable");
        if (!may_read(call, storage.key) || (call.parameters.flag("enabled") && is_disabled) ||
            !holds(storage, call.parameters.text("content")) ||
            (!only.empty() && only != storage.key))
            continue;
        rows.push_back(node_row(call, storage));
    }
    return success(array(rows));
}

Answer storage_status(Call& call) {
    const std::string name = call.parameters.text("storage");
    const Item* storage = call.stage.objects.find(std::string(storages_path), name);
    if (!storage) return die(fmt::format("storage '{}' does not exist", name));
    JsonObject object;
    add_room(object, *storage);
    return success(object.str(call.stage.random));
}

Answer storage_content(Call& call) {
    const std::string name = call.parameters.text("storage");
    const Item* storage = call.stage.objects.find(std::string(storages_path), name);
    if (!storage) return die(fmt::format("storage '{}' does not exist", name));
    std::vector<std::string> rows = disk_rows(call, name);
    std::ranges::shuffle(rows, call.stage.random);
    return success(array(rows));
}

}  // namespace demo_node
