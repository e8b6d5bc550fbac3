// Taking back: what proves that a VM is still the one that was made, and how it is removed.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tool/action.h"
#include "json/json.h"

namespace proxmox {

/// Prepare: an error unless the configuration is that of the VM which the record speaks of.
[[gnu::visibility("default")]] Result<std::string> prove_ours(const json::Value& config,
                                                              Record& record, const Moment& moment);

/// Stops and deletes one VM, after the guard and the proof; one that is gone is as it should be.
inline constexpr Action take_back{
    .tool = "range42-undo",
    .name = "vm_undo",
    .summary = "take back what a journal says was made",
    .input = {{"vm_id", Type::vm_id, required},
              {"proxmox_node", Type::node},
              {"vm_name"},
              {"vm_uuid"},
              {"vm_mark"},
              {"vm_created"},
              {"journal"}},
    .guard = Guard::always,
    .looks = {{.path = "/nodes/{proxmox_node}/qemu/{vm_id}/config", .prepare = prove_ours}},
    .act = {.method = Method::post,
            .path = "/nodes/{proxmox_node}/qemu/{vm_id}/status/stop",
            .form = {{"timeout", "10"}, {"overrule-shutdown", "1", dispensable}},
            .task_types = {"qmstop", "hastop"}},
    .then = {{.method = Method::del,
              .path = "/nodes/{proxmox_node}/qemu/{vm_id}",
              .form = {{"purge", "1"}, {"destroy-unreferenced-disks", "1"}},
              .task_types = {"qmdestroy"}}},
    .wait = 60s,
    .goes_backwards = true,
    .may_be_gone = true,
    .output = {{"vm_id", "={vm_id}"}, {"vm_name", "{vm_name}", ""}, {"vm_status", "", R"("gone")"}},
    .verb = "undo",
    .overdue = "task {upid} still running after {wait}s ; what it was for is not known to be done.",
    .example = "range42-undo < journal.jsons",
};

}  // namespace proxmox
