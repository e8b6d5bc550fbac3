// Making machines: pure functions that the tools of the factory name in their values.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/machines.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "api/storage_formats.h"
#include "base/escape.h"
#include "factory/machine_form.h"
#include "factory/mark.h"
#include "line/grammar.h"
#include "stage/guard.h"

namespace proxmox {
namespace {

constexpr std::string_view usual_storage = "local-lvm";

/// What a machine that is made from nothing has where nobody says otherwise.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> defaults{{
    {"vm_memory", "2048"},
    {"vm_cores", "2"},
    {"vm_sockets", "1"},
    {"vm_disk_size", "32"},
    {"vm_bridge", "vmbr0"},
    {"vm_os_type", "l26"},
    {"vm_agent", "1"},
}};

/// Until a clone has ended, nothing but its description can say whose it is.
void mark(Record& record, std::string_view description, std::string_view source) {
    record.set("vm_mark", record["fresh_uuid"]);
    record.set("vm_description", marked(description, record["fresh_uuid"], source));
}

/// Where destructive tools are limited to a tag, what we make must have it, or nobody could ever
/// take it back.
void add_required_tag(Record& record) {
    const std::string_view tag = record["required_tag"];
    if (tag.empty() || has_tag(record["vm_tags"], tag)) return;
    std::string tags(record["vm_tags"]);
    tags.append(tags.empty() ? "" : ";").append(tag);
    record.set("vm_tags", tags);
}

/// Where a clone's disks come onto: the one that is asked for, else that of the source's.
void learn_storage(const json::Value& source, Record& record) {
    std::string storage(record["vm_disk_storage"]);
    source.each([&storage](const json::Value& drive) {
        const bool is_disk = drive.text().find("-disk-") != std::string_view::npos;
        if (storage.empty() && is_disk) storage = drive.text().substr(0, drive.text().find(':'));
    });
    record.set("clone_storage", storage.empty() ? "?" : storage);
}

bool wants_cloud_init(const Record& record) {
    return record["vm_cloud_init"] == "1" ||
           std::ranges::any_of(
               std::array<std::string_view, 4>{"vm_ci_user", "vm_ci_ip", "vm_ci_ssh_keys",
                                               "vm_ci_nameserver"},
               [&record](std::string_view key) { return record.has(key); });
}

/// The disk and the drives of a machine that is made from nothing; a freshly made one boots from
/// the network first, unless its disk comes with a system.
Outcome add_drives(MachineForm& form, const Record& record) {
    const std::string_view storage = record["vm_disk_storage"];
    const std::string_view image = record["vm_image"];
    const bool has_disk =
        !image.empty() || json::integer_of(record["vm_disk_size"]).value_or(0) > 0;
    if (!image.empty() && image.find(',') != std::string_view::npos)
        return fail(Exit::line_failed, fmt::format("not an image: {}", escape(image)));
    std::string disk = image.empty() ? fmt::format("{}:{}", storage, record["vm_disk_size"])
                                     : fmt::format("{}:0,import-from={}", storage, image);
    // Without a word a directory makes it raw.
    if (record.has("vm_disk_format")) disk += fmt::format(",format={}", record["vm_disk_format"]);
    if (has_disk) form.set("scsi0", disk);
    const bool is_cloud_init = wants_cloud_init(record);
    if (is_cloud_init) form.set("ide2", fmt::format("{}:cloudinit", storage));
    if (record.has("vm_iso_file")) {
        if (record["vm_iso_file"].find(',') != std::string_view::npos)
            return fail(Exit::line_failed,
                        fmt::format("not an image: {}", escape(record["vm_iso_file"])));
        form.set(is_cloud_init ? "ide0" : "ide2",
                 fmt::format("{},media=cdrom", record["vm_iso_file"]));
    }
    std::string_view usual = has_disk ? "net0;scsi0" : "net0";
    if (!image.empty()) usual = "scsi0;net0";
    const auto order = boot_order_of(record.has("vm_boot_order") ? record["vm_boot_order"] : usual);
    if (!order) return std::unexpected(order.error());
    form.set("boot", *order);
    return {};
}

}  // namespace

Result<std::string> assume_usual(const json::Value&, Record& record, const Moment&) {
    if (record.has("vm_template_id")) return {};
    for (const auto& [key, value] : defaults)
        if (!record.has(key)) record.set(key, value);
    const bool has_disk = record.has("vm_image") || record["vm_disk_size"] != "0";
    if (has_disk) record.set("needs_storage", "1");
    return {};
}

Result<std::string> choose_storage(const json::Value& storages, Record& record, const Moment&) {
    const std::string wanted(record["vm_disk_storage"]);
    std::string chosen = wanted;
    bool takes_snapshots_as_qcow2 = false;
    std::int64_t most = -1;
    storages.each([&](const json::Value& storage) {
        const std::string_view name = storage["storage"].text();
        const bool is_usable = is_of(Type::word, name) &&
                               storage["active"].integer().value_or(1) != 0 &&
                               storage["enabled"].integer().value_or(1) != 0;
        const std::int64_t room = storage["avail"].integer().value_or(0);
        const bool is_better =
            is_usable && chosen != usual_storage && (name == usual_storage || room > most);
        if (wanted.empty() ? !is_better : name != wanted) return;
        chosen = name;
        takes_snapshots_as_qcow2 = offers_qcow2(storage);
        most = room;
    });
    if (chosen.empty())
        return fail(Exit::line_failed,
                    fmt::format("{}: the token sees no storage on {} that takes disks; name one "
                                "with vm_disk_storage or --storage",
                                record["vm_name"], record["proxmox_node"]));
    record.set("vm_disk_storage", chosen);
    record.set("vm_disk_format", takes_snapshots_as_qcow2 ? qcow2 : "");
    record.set("needs_storage", "");
    return {};
}

Result<std::string> compose_machine(const json::Value&, Record& record, const Moment&) {
    add_required_tag(record);
    const bool is_cloned = record.has("vm_template_id");
    if (is_cloned) mark(record, record["vm_description"], record["vm_template_id"]);
    MachineForm form;
    form.pass_keys(record);
    if (is_cloned) {
        // The clone keeps what the template has, but for what was asked for.
        if (record.has("vm_boot_order")) {
            const auto order = boot_order_of(record["vm_boot_order"]);
            if (!order) return std::unexpected(order.error());
            form.set("boot", *order);
        }
        record.set("vm_changes", form.text());
        if (record.has("vm_disk_size"))
            record.set("vm_growth", fmt::format("{}G", record["vm_disk_size"]));
        record.set("vm_installed", "true");
        return {};
    }
    form.set("vmid", record["vm_id"]);
    form.set("name", record["vm_name"]);
    form.set("pool", record["vm_pool"]);
    form.set("scsihw", "virtio-scsi-single");
    form.set("net0", fmt::format("virtio,bridge={}", record["vm_bridge"]));
    form.set("smbios1", fmt::format("uuid={}", record["fresh_uuid"]));
    if (const auto added = add_drives(form, record); !added) return std::unexpected(added.error());
    record.set("vm_uuid", record["fresh_uuid"]);
    record.set("vm_creation", form.text());
    record.set("vm_installed", record.has("vm_image") ? "true" : "false");
    return {};
}

Result<std::string> learn_clone_storage(const json::Value& config, Record& record, const Moment&) {
    learn_storage(config, record);
    return {};
}

Result<std::string> compose_clone(const json::Value& source, Record& record, const Moment&) {
    const std::string name(source["name"].text());
    if (!record.has("vm_name")) {
        if (name.empty())
            return fail(Exit::line_failed,
                        fmt::format("vm_id {} has no name: give the clone one with vm_name",
                                    record["vm_id"]));
        record.set("vm_name", name + "-cloned");
    }
    learn_storage(source, record);
    const bool is_template = source["template"].integer().value_or(0) == 1;
    if (!record.has("vm_full_clone")) record.set("vm_full_clone", is_template ? "0" : "1");
    if (record["vm_full_clone"] == "0" && !is_template)
        return fail(Exit::line_failed,
                    fmt::format("vm_id {} is no template: only templates have linked clones",
                                record["vm_id"]));
    record.set("vm_tags", source["tags"].text());
    add_required_tag(record);
    if (record["vm_tags"] != source["tags"].text()) {
        MachineForm form;
        form.set("tags", record["vm_tags"]);
        record.set("vm_changes", form.text());
    }
    mark(record,
         record.has("vm_description") ? record["vm_description"] : source["description"].text(),
         record["vm_id"]);
    return {};
}

}  // namespace proxmox
