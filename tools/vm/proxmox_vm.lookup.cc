// Find virtual machines by name or id, with their state and, where there is one, their address.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/lookup.h"
#include "tool/ways.h"
using namespace proxmox;

constexpr Look by_name{.path = "/nodes/{proxmox_node}/qemu", .prepare = find_by_name};

Way<Printed> look_up_there(Line& line) {
    co_await prepare(line, take_reference);
    if (!line.record.has("vm_id")) co_await look(line, by_name);
    co_return co_await tell_of_machine(line);
}

Way<Printed> look_up(Line& line) { return where_it_is(line, look_up_there); }

constexpr Tool lookup{
    .name = "proxmox_vm.lookup",
    .action = "vm_lookup",
    .summary = "find virtual machines by name or id, with their address",
    .example = "echo web-01 | proxmox_vm.lookup",
    .subject = {.lanes = {"{vm_id}{vm}"}},
    .lines = {.keys = {{"vm"}, {"proxmox_node", Type::node}, {"vm_id", Type::vm_id}, {"vm_name"}}},
    .own = {.way = look_up,
            .requests = {{Method::get, "/nodes/{proxmox_node}/qemu"},
                         {Method::get, "{guest}/config"},
                         {Method::get, "{guest}/agent/network-get-interfaces"},
                         {Method::get, "{guest}/status/current"}}},
    .prints = {.columns = {{"vm_id", json_of("vm_id")},
                           {"vm_name", "name", ""},
                           {"vm_status", "status"},
                           {"vm_mac", text("{vm_mac}"), ""},
                           {"vm_ip", text("{vm_ip}"), "null"}},
               .carries = true},
    .needs = {{"VM.Audit"}, {"VM.GuestAgent.Audit"}},
};

int main(int argc, char** argv) { return run(lookup, argc, argv); }
