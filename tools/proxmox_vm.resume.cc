// Let paused virtual machines run again.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/action.h"
using namespace proxmox;

constexpr Action resume{
    .tool = "proxmox_vm.resume",
    .name = "vm_resume",
    .summary = "resume paused virtual machines",
    .input = one_vm,
    .act = {.method = Method::post,
            .path = "/nodes/{proxmox_node}/qemu/{vm_id}/status/resume",
            .task_types = {"qmresume"}},
    .wait = 10s,
    .read = "/nodes/{proxmox_node}/qemu/{vm_id}/status/current",
    .output = {{"vm_id", "{vm_id}"}, {"vm_name", "name"}, {"vm_status", "status"}},
    .verb = "POST resume",
    .overdue = "resume task {upid} did not complete within {wait}s ; reading status anyway.",
    .example = R"(echo '{"vm_id":100}' | proxmox_vm.resume)",
};

int main(int argc, char** argv) { return run(resume, argc, argv); }
