// The guests that stand on the stage when it opens.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "model/model.h"
#include "model/options.h"

namespace demo_node {

namespace {

constexpr long first_vmid = 100;
constexpr int special_guests = 8;
constexpr long first_container_id = 200;
constexpr std::string_view roles[] = {"student", "vuln-box", "admin-wazuh", "web", "db"};

Guest ordinary(long id, std::string_view name) {
    Guest guest{.kind = &machines, .id = id, .node = {}, .config = {}};
    guest.config.set("boot", "order=scsi0");
    guest.config.set_number("cores", 1);
    guest.config.set_number("kvm", 0);
    guest.config.set("memory", "64");
    if (!name.empty()) guest.config.set("name", name);
    guest.config.set("ostype", "l26");
    guest.config.set("scsi0", fmt::format("local:{0}/vm-{0}-disk-0.qcow2,size=1G", id));
    guest.config.set("scsihw", "virtio-scsi-pci");
    guest.config.set("smbios1", fmt::format("uuid=5b0a7c2e-0000-4000-8000-{:012}", id));
    return guest;
}

void add_network(Guest& guest, std::string_view more = "") {
    guest.config.set("net0", fmt::format("virtio=BC:24:11:{:02X}:{:02X}:{:02X},bridge=vmbr0{}",
                                         (guest.id >> 16) & 0xff, (guest.id >> 8) & 0xff,
                                         guest.id & 0xff, more));
}

Guest special(long id) {
    constexpr std::string_view names[special_guests] = {
        "web-01", "db-01", "", "tpl-tiny", "no-os-01", "locked-01", "protected-01", "nodisk-01"};
    Guest guest = ordinary(id, names[id - first_vmid]);
    if (id < 104) add_network(guest, id == 100 ? ",firewall=1" : "");
    switch (id) {
        case 100:
            guest.config.set("description", "web server of the range");
            guest.config.set("meta", "creation-qemu=10.0.13,ctime=1763600000");
            guest.config.set_number("numa", 0);
            guest.config.set_number("sockets", 1);
            guest.config.set("tags", "range42;web");
            guest.config.set("vmgenid", "5b0a7c2e-1111-4000-8000-000000000100");
            break;
        case 103:
            guest.config.set_number("template", 1);
            guest.config.set("scsi0", "local:103/base-103-disk-0.qcow2,size=1G");
            break;
        case 104: guest.ignores_shutdown = true; break;
        case 105: guest.config.set("lock", "backup"); break;
        case 106:
            guest.config.set_number("protection", 1);
            guest.config.set("tags", "range42");
            break;
        case 107: guest.disk_missing = true; break;
        default: break;
    }
    return guest;
}

Guest make_machine(long id, const Options& options) {
    const long index = id - first_vmid;
    if (options.plain) {
        Guest guest = ordinary(id, fmt::format("vm-{:03}", id));
        add_network(guest);
        return guest;
    }
    if (index < special_guests) return special(id);
    const std::string_view role = roles[static_cast<std::size_t>(index) % std::size(roles)];
    Guest guest = ordinary(id, fmt::format("{}-{:02}", role, index / long{std::size(roles)}));
    add_network(guest);
    if (index % 3 == 0) guest.config.set("tags", fmt::format("range42;{}", role));
    return guest;
}

Guest make_container(long id, const Options& options) {
    Guest guest{.kind = &containers, .id = id, .node = {}, .config = {}};
    guest.config.set("arch", "amd64");
    guest.config.set_number("cores", 1);
    guest.config.set("hostname", fmt::format("ct-{}", id));
    guest.config.set_number("memory", 64);
    guest.config.set("ostype", "debian");
    // On a storage that is no directory where there is one, since files of raw take no snapshots.
    const auto other = options.storage_types.begin();
    guest.config.set("rootfs",
                     other == options.storage_types.end()
                         ? fmt::format("{0}:{1}/vm-{1}-disk-0.raw,size=8M", options.storages[0], id)
                         : fmt::format("{}:{}-{}-disk-0,size=8M", other->first,
                                       other->second == "zfspool" ? "subvol" : "vm", id));
    guest.config.set_number("swap", 0);
    guest.config.set_number("unprivileged", 1);
    if (id % 2 == 0) guest.config.set("tags", "ct");
    return guest;
}

/// Cards behind the first one, of the machines that have that one.
void add_more_cards(Guest& guest, int cards) {
    const std::string first(guest.config.get("net0"));
    constexpr std::size_t first_digit = sizeof "virtio=BC:" - 1;
    for (int card = 1; card < cards && !first.empty(); ++card) {
        std::string value = first;
        value.replace(first_digit, 2, fmt::format("{:02X}", 0x24 + card));
        guest.config.set(fmt::format("net{}", card), value);
    }
}

/// What all guests have in common when the stage opens.
void begin(Guest& guest, const Options& options) {
    guest.running = options.running;
    if (guest.running) guest.started = Clock::now();
    if (options.snapshot.empty()) return;
    guest.snapshots.push_back({options.snapshot, guest.config});
    guest.snapshots.back().config.set_number("snaptime", Clock::wall());
}

}  // namespace

Cluster make_cluster(const Options& options) {
    Cluster cluster;
    constexpr std::string_view offline = "=offline";
    const long first_container =
        std::max(first_container_id, first_vmid + static_cast<long>(options.vms));
    for (const std::string& name : options.nodes) {
        const bool down = name.ends_with(offline);
        cluster.nodes.push_back(
            {down ? name.substr(0, name.size() - offline.size()) : name, !down});
    }
    for (int index = 0; index < options.vms; ++index) {
        Guest guest = make_machine(first_vmid + index, options);
        // The special guests stay on the first node, where the tests look for them.
        const bool first = index < special_guests && !options.plain;
        if (options.agents) guest.config.set_number("agent", 1);
        add_more_cards(guest, options.cards);
        begin(guest, options);
        guest.node =
            cluster.nodes[first ? 0 : static_cast<std::size_t>(index) % cluster.nodes.size()].name;
        cluster.guests.emplace(guest.id, std::move(guest));
    }
    for (int index = 0; index < options.containers; ++index) {
        Guest guest = make_container(first_container + index, options);
        begin(guest, options);
        guest.node = cluster.nodes[static_cast<std::size_t>(index) % cluster.nodes.size()].name;
        cluster.guests.emplace(guest.id, std::move(guest));
    }
    return cluster;
}

}  // namespace demo_node
