// The machines that stand on the stage when it opens.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <ctime>

#include "model/model.h"
#include "model/options.h"

namespace demo_node {

namespace {

constexpr long first_vmid = 100;
constexpr int special_guests = 8;
constexpr std::string_view roles[] = {"student", "vuln-box", "admin-wazuh", "web", "db"};

Vm ordinary(long id, std::string_view name) {
    Vm vm{.id = id, .node = {}, .config = {}};
    vm.config.set("boot", "order=scsi0");
    vm.config.set_number("cores", 1);
    vm.config.set_number("kvm", 0);
    vm.config.set("memory", "64");
    if (!name.empty()) vm.config.set("name", name);
    vm.config.set("ostype", "l26");
    vm.config.set("scsi0", fmt::format("local:{0}/vm-{0}-disk-0.qcow2,size=1G", id));
    vm.config.set("scsihw", "virtio-scsi-pci");
    vm.config.set("smbios1", fmt::format("uuid=5b0a7c2e-0000-4000-8000-{:012}", id));
    return vm;
}

void add_network(Vm& vm, std::string_view more = "") {
    vm.config.set("net0",
                  fmt::format("virtio=BC:24:11:{:02X}:{:02X}:{:02X},bridge=vmbr0{}",
                              (vm.id >> 16) & 0xff, (vm.id >> 8) & 0xff, vm.id & 0xff, more));
}

Vm special(long id) {
    constexpr std::string_view names[special_guests] = {
        "web-01", "db-01", "", "tpl-tiny", "no-os-01", "locked-01", "protected-01", "nodisk-01"};
    Vm vm = ordinary(id, names[id - first_vmid]);
    if (id < 104) add_network(vm, id == 100 ? ",firewall=1" : "");
    switch (id) {
        case 100:
            vm.config.set("description", "web server of the range");
            vm.config.set("meta", "creation-qemu=10.0.13,ctime=1763600000");
            vm.config.set_number("numa", 0);
            vm.config.set_number("sockets", 1);
            vm.config.set("tags", "range42;web");
            vm.config.set("vmgenid", "5b0a7c2e-1111-4000-8000-000000000100");
            break;
        case 103:
            vm.config.set_number("template", 1);
            vm.config.set("scsi0", "local:103/base-103-disk-0.qcow2,size=1G");
            break;
        case 104: vm.ignores_shutdown = true; break;
        case 105: vm.config.set("lock", "backup"); break;
        case 106:
            vm.config.set_number("protection", 1);
            vm.config.set("tags", "range42");
            break;
        case 107: vm.disk_missing = true; break;
        default: break;
    }
    return vm;
}

Vm make_vm(long id, const Options& options) {
    const long index = id - first_vmid;
    if (options.plain) {
        Vm vm = ordinary(id, fmt::format("vm-{:03}", id));
        add_network(vm);
        return vm;
    }
    if (index < special_guests) return special(id);
    const std::string_view role = roles[static_cast<std::size_t>(index) % std::size(roles)];
    Vm vm = ordinary(id, fmt::format("{}-{:02}", role, index / long{std::size(roles)}));
    add_network(vm);
    if (index % 3 == 0) vm.config.set("tags", fmt::format("range42;{}", role));
    return vm;
}

}  // namespace

Cluster make_cluster(const Options& options) {
    Cluster cluster;
    constexpr std::string_view offline = "=offline";
    for (const std::string& name : options.nodes) {
        const bool down = name.ends_with(offline);
        cluster.nodes.push_back(
            {down ? name.substr(0, name.size() - offline.size()) : name, !down});
    }
    for (int index = 0; index < options.vms; ++index) {
        Vm vm = make_vm(first_vmid + index, options);
        // The special guests stay on the first node, where the tests look for them.
        const bool first = index < special_guests && !options.plain;
        vm.running = options.running;
        if (options.agents) vm.config.set_number("agent", 1);
        if (vm.running) vm.started = Clock::now();
        if (!options.snapshot.empty()) {
            vm.snapshots.push_back({options.snapshot, vm.config});
            vm.snapshots.back().config.set_number("snaptime", std::time(nullptr));
        }
        vm.node =
            cluster.nodes[first ? 0 : static_cast<std::size_t>(index) % cluster.nodes.size()].name;
        cluster.vms.emplace(vm.id, std::move(vm));
    }
    return cluster;
}

}  // namespace demo_node
