// Everything that is no guest: objects by the path under which the API lists them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/objects.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/options.h"

namespace demo_node {

namespace {

constexpr std::string_view all_content = "vztmpl,import,images,backup,iso,snippets,rootdir";

bool is_below(std::string_view path, std::string_view top) {
    return path.starts_with(top) && (path.size() == top.size() || path[top.size()] == '/');
}

Item make_storage(const Options& options, const std::string& name) {
    Item storage{name};
    const auto type = options.storage_types.find(name);
    const std::string_view chosen =
        type == options.storage_types.end() ? "dir" : std::string_view(type->second);
    storage.values.set("type", chosen);
    storage.values.set("content", holds_files(chosen) ? all_content : "images,rootdir");
    if (holds_files(chosen))
        storage.values.set("path", name == "local" ? "/var/lib/vz" : "/var/lib/" + name);
    else
        storage.values.set(chosen.starts_with("lvm") ? "vgname" : "pool", name);
    return storage;
}

/// Each release has a storage that is there and not in use; whoever lists them has to see that.
Item make_disabled_storage() {
    Item storage{"templates"};
    storage.values.set("type", "dir");
    storage.values.set("content", "vztmpl,iso");
    storage.values.set("path", "/var/lib/templates");
    storage.values.set_number("disable", 1);
    return storage;
}

Items make_networks(const Options& options) {
    Item bridge{"vmbr0"};
    bridge.values.set("type", "bridge");
    bridge.values.set("method", "static");
    bridge.values.set("method6", "manual");
    bridge.values.set("address", "192.0.2.10");
    bridge.values.set("netmask", "24");
    bridge.values.set("cidr", "192.0.2.10/24");
    bridge.values.set("bridge_ports", "");
    bridge.values.set("bridge_fd", "0");
    bridge.values.set("bridge_stp", "off");
    bridge.values.set_number("autostart", 1);
    bridge.values.set_number("active", 1);
    Items items;
    if (options.ethernet) {
        Item card{"eth0"};
        card.values.set("type", "eth");
        card.values.set("method", "manual");
        card.values.set("method6", "manual");
        card.values.set_number("exists", 1);
        card.values.set_number("active", 1);
        items.push_back(std::move(card));
        for (const std::string_view key : {"address", "netmask", "cidr"}) bridge.values.erase(key);
        bridge.values.set("method", "manual");
    }
    items.push_back(std::move(bridge));
    return items;
}

}  // namespace

const Items& Objects::look(const std::string& path) const {
    static const Items none;
    const auto found = collections_.find(path);
    return found == collections_.end() ? none : found->second;
}

const Item* Objects::find(const std::string& path, std::string_view key) const {
    const Items& items = look(path);
    const auto found = std::ranges::find(items, key, &Item::key);
    return found == items.end() ? nullptr : &*found;
}

Item* Objects::find(const std::string& path, std::string_view key) {
    Items& items = at(path);
    const auto found = std::ranges::find(items, key, &Item::key);
    return found == items.end() ? nullptr : &*found;
}

std::string Objects::digest(std::string_view below) const {
    Config file;
    for (const auto& [path, items] : collections_)
        if (is_below(path, below))
            for (std::size_t at = 0; at < items.size(); ++at)
                file.set(fmt::format("{}/{}/{}", path, at, items[at].key),
                         items[at].values.digest());
    return file.digest();
}

void Objects::forget(std::string_view below) {
    std::erase_if(collections_, [&](const auto& one) { return is_below(one.first, below); });
}

std::map<std::string, Items> Objects::below(std::string_view path) const {
    std::map<std::string, Items> found;
    for (const auto& [place, items] : collections_)
        if (is_below(place, path)) found.emplace(place, items);
    return found;
}

Objects make_objects(const Options& options) {
    Objects objects;
    Items& storages = objects.at(std::string(storages_path));
    for (const std::string& name : options.storages)
        storages.push_back(make_storage(options, name));
    storages.push_back(make_disabled_storage());
    for (const std::string& name : options.pools)
        objects.at(std::string(pools_path)).push_back({name});
    for (const std::string& name : options.nodes)
        objects.at(networks_path(name.substr(0, name.find('=')))) = make_networks(options);
    return objects;
}

std::string networks_path(std::string_view node) { return fmt::format("/nodes/{}/network", node); }

std::string_view storage_type(const Objects& objects, std::string_view storage) {
    const Item* found = objects.find(std::string(storages_path), storage);
    return found ? found->values.get("type") : "dir";
}

bool holds_files(std::string_view type) {
    constexpr std::string_view types[] = {"dir", "nfs", "cifs", "cephfs", "btrfs"};
    return std::ranges::find(types, type) != std::end(types);
}

bool takes_snapshots(const Objects& objects, std::string_view volume) {
    constexpr std::string_view able[] = {"lvmthin", "zfspool", "zfs", "rbd", "btrfs"};
    const std::string_view type = storage_type(objects, volume.substr(0, volume.find(':')));
    if (std::ranges::find(able, type) != std::end(able)) return true;
    return holds_files(type) && volume.find(".qcow2") != std::string_view::npos;
}

}  // namespace demo_node
