// Bring what was changed in the software-defined network into force.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool apply{
    .name = "proxmox_sdn.apply",
    .action = "network_apply_sdn",
    .summary = "apply the pending changes of the software-defined network",
    .example = "proxmox_sdn.apply",
    .subject = the_cluster,
    .plain = {.changes = {{.method = Method::put,
                           .path = "/cluster/sdn",
                           .bare_task = "reloadnetworkall",
                           .proof = has_a_task}},
              .reading = {.path = "/nodes/{upid_node}/tasks/{upid}/status"}},
    .wait = 120s,
    .prints = {.columns = {{"apply_exitstatus", "exitstatus"},
                           {"apply_node", text("{upid_node}")},
                           {"apply_status", "status"},
                           {"apply_upid", text("{upid}")}}},
    .words = {"PUT sdn", "task {upid} still running after {wait}s"},
    .needs = {{"SDN.Allocate", "/sdn"}},
};

int main(int argc, char** argv) { return run(apply, argc, argv); }
