// Tell of every virtual machine of the node its state and, where there is one, its address.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/lookup.h"
using namespace proxmox;

Way<Printed> sync_there(Line& line) { return where_it_is(line, tell_of_machine); }

constexpr Tool sync_all{
    .name = "proxmox_vm.sync",
    .action = "vm_sync",
    .summary = "tell state and address of every virtual machine",
    .example = "proxmox_vm.sync",
    .lines = {.keys = one_vm, .from = LinesFrom::every_guest},
    .own = {.way = sync_there,
            .requests = {{Method::get, "{guest}/config"},
                         {Method::get, "{guest}/agent/network-get-interfaces"},
                         {Method::get, "{guest}/status/current"}}},
    .prints = {.columns = {{"vm_id", json_of("vm_id")},
                           {"vm_name", "name", ""},
                           {"vm_status", "status"},
                           {"vm_mac", text("{vm_mac}"), ""},
                           {"vm_ip", text("{vm_ip}"), "null"}}},
    .needs = {{"VM.Audit"}, {"VM.GuestAgent.Audit"}},
};

int main(int argc, char** argv) { return run(sync_all, argc, argv); }
