// Taking back: what proves that a VM is still the one that was made, and how it is removed.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/json.h"
#include "tool/tool.h"

namespace proxmox {

/// Prepare: an error unless the configuration is that of the VM which the record speaks of.
[[gnu::visibility("default")]] Result<std::string> prove_ours(const json::Value& config,
                                                              Record& record, const Moment& moment);

/// Stops and deletes one guest, after the guard and the proof; one that is gone is as it should be.
inline constexpr Tool take_back{
    .name = "range42-undo",
    .action = "vm_undo",
    .summary = "take back what a journal says was made",
    .example = "range42-undo < journal.jsons",
    .lines = {.keys = {{"vm_id", Type::vm_id, required},
                       {"proxmox_node", Type::node},
                       {"vm_name"},
                       {"vm_uuid"},
                       {"vm_mark"},
                       {"vm_created"},
                       {"journal"}},
              .from = LinesFrom::journal},
    .guard = Guard::always,
    .plain = {.looks = {{.path = "{guest}/config", .prepare = prove_ours}},
              .changes = {{.method = Method::post,
                           .path = "{guest}/status/stop",
                           .body = {{{"timeout", text("10")},
                                     {"overrule-shutdown", text("1"), dispensable}}},
                           .tasks = {"stop"},
                           .bare_task = "hastop",
                           .proof = is_stopped},
                          {.method = Method::del,
                           .path = "{guest}",
                           .body = {{{"purge", text("1")},
                                     {"destroy-unreferenced-disks", text("1")}}},
                           .tasks = {"destroy"},
                           .proof = is_gone}},
              .may_be_gone = true},
    .wait = 60s,
    .prints = {.columns = {{"vm_id", json_of("vm_id")},
                           {"vm_name", text("{vm_name}"), ""},
                           {"vm_status", "", R"("gone")"}}},
    .words = {"undo",
              "task {upid} still running after {wait}s ; what it was for is not known to be done."},
    .needs = {{"VM.PowerMgmt"}, {"VM.Allocate"}, {"VM.Audit"}},
};

}  // namespace proxmox
