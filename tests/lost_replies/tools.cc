// The tools whose replies get lost in this test: their own values, out of their own files.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools.h"

// Each file of a tool ends with a main, which nobody calls here.
#define JOINED_NOW(left, right) left##right
#define JOINED(left, right) JOINED_NOW(left, right)
#define main JOINED(main_of_tool_, __COUNTER__)
#include "snapshot/proxmox_snapshot_vm.create_snapshot.cc"
#include "snapshot/proxmox_snapshot_vm.delete_snapshot.cc"
#include "snapshot/proxmox_snapshot_vm.revert_snapshot.cc"
#include "vm/proxmox_vm.clone.cc"
#include "vm/proxmox_vm.create.cc"
#include "vm/proxmox_vm.delete.cc"
#include "vm/proxmox_vm.pause.cc"
#include "vm/proxmox_vm.reboot.cc"
#include "vm/proxmox_vm.resume.cc"
#include "vm/proxmox_vm.start.cc"
#include "vm/proxmox_vm.stop.cc"
#include "vm/proxmox_vm.stop_force.cc"
#undef main

namespace lost_replies {

std::span<const Subject> subjects() {
    static constexpr Subject all[] = {
        {&::start, Claim::state, "running"},      {&::stop, Claim::state, "stopped"},
        {&::stop_force, Claim::state, "stopped"}, {&::pause_vms, Claim::state, "paused"},
        {&::resume, Claim::state, "running"},     {&::reboot, Claim::own_task},
        {&::create_snapshot, Claim::snapshot},    {&::delete_snapshot, Claim::no_snapshot},
        {&::revert_snapshot, Claim::own_task},    {&::delete_vm, Claim::state, ""},
        {&::clone_vm, Claim::own_task},           {&::create, Claim::own_task},
    };
    return all;
}

}  // namespace lost_replies
