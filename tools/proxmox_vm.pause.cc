// Pause virtual machines; their memory stays where it is.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/action.h"
using namespace proxmox;

constexpr Action pause{
    .tool = "proxmox_vm.pause",
    .name = "vm_pause",
    .summary = "pause virtual machines",
    .input = one_vm,
    .act = {.method = Method::post,
            .path = "/nodes/{proxmox_node}/qemu/{vm_id}/status/suspend",
            .task_types = {"qmpause", "qmsuspend"}},
    .wait = 10s,
    .read = "/nodes/{proxmox_node}/qemu/{vm_id}/status/current",
    .output = {{"vm_id", "{vm_id}"}, {"vm_name", "name"}, {"vm_status", "status"}},
    .verb = "POST suspend",
    .overdue = "suspend task {upid} did not complete within {wait}s ; reading status anyway.",
    .example = R"(echo '{"vm_id":100}' | proxmox_vm.pause)",
};

int main(int argc, char** argv) { return run(pause, argc, argv); }
