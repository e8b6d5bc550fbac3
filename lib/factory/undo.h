// Taking back: what proves that a VM is still the one that was made, and how it is removed.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/json.h"
#include "tool/tool.h"

namespace proxmox {

/// Why nothing proves that the VM with this configuration is the one which the record speaks of, in
/// words behind "vm_id 100"; empty when it is.
std::string why_not_ours(const json::Value& config, const Record& record);

/// Stops and deletes one guest, each right after the guard and the proof; one that is gone is as it
/// should be.
[[gnu::visibility("default")]] Way<Printed> take_back_guest(Line& line);

inline constexpr Requested requests_of_undo[]{{Method::get, "{guest}/config"},
                                              {Method::post, "{guest}/status/stop"},
                                              {Method::get, "{guest}/config"},
                                              {Method::del, "{guest}"}};

inline constexpr Tool take_back{
    .name = "range42-undo",
    .action = "vm_undo",
    .summary = "take back what a journal says was made",
    .example = "range42-undo < journal.jsons",
    .lines = {.keys = {{"vm_id", Type::vm_id, required},
                       {"proxmox_node", Type::node},
                       {"vm_name", Type::host_name},
                       {"vm_uuid", Type::uuid},
                       {"vm_mark", Type::uuid},
                       {"vm_created", Type::word},
                       {"journal", Type::word, required}},
              .from = LinesFrom::journal},
    .guard = Guard::always,
    .own = {.way = take_back_guest, .acts = true, .requests = requests_of_undo},
    .wait = 60s,
    .prints = {.columns = {{"vm_id", json_of("vm_id")},
                           {"vm_name", text("{vm_name}"), ""},
                           {"vm_status", "", R"("gone")"}}},
    .words = {"undo",
              "task {upid} still running after {wait}s ; what it was for is not known to be done."},
    .needs = {{"VM.PowerMgmt"}, {"VM.Allocate"}, {"VM.Audit"}},
};

}  // namespace proxmox
