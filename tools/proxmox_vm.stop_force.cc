// Stop virtual machines without asking their guests, even while a shutdown waits.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/action.h"
using namespace proxmox;

constexpr Action stop_force{
    .tool = "proxmox_vm.stop_force",
    .name = "vm_stop_force",
    .summary = "stop virtual machines at once",
    .input = one_vm,
    .guard = Guard::on_request,
    .act = {.method = Method::post,
            .path = "/nodes/{proxmox_node}/qemu/{vm_id}/status/stop",
            .form = {{"timeout", "10"}, {"overrule-shutdown", "1", dispensable}},
            .task_types = {"qmstop", "hastop"}},
    .wait = 30s,
    .reaches = "stopped",
    .read = "/nodes/{proxmox_node}/qemu/{vm_id}/status/current",
    .output = {{"vm_id", "{vm_id}"}, {"vm_name", "name"}, {"vm_status", "status"}},
    .verb = "POST stop",
    .overdue = "task {upid} did not reach 'stopped' within {wait}s (last: running).",
    .example = R"(echo '{"vm_id":100}' | proxmox_vm.stop_force)",
};

int main(int argc, char** argv) { return run(stop_force, argc, argv); }
