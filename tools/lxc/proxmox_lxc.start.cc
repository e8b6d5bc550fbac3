// Start containers; wait until each start task has ended.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool start{
    .name = "proxmox_lxc.start",
    .action = "lxc_start",
    .summary = "start containers",
    .example = R"(echo '{"vm_id":200}' | proxmox_lxc.start)",
    .subject = a_container,
    .lines = {.keys = one_vm},
    .plain = {.changes = {{.method = Method::post,
                           .path = "{guest}/status/start",
                           .tasks = {"start"},
                           .bare_task = "hastart",
                           .settled = "CT {vm_id} already running",
                           .proof = is_running}},
              .reading = {.path = state_path}},
    .wait = 30s,
    .prints = {.columns = {{"vm_id", text("{vm_id}")},
                           {"lxc_name", "name"},
                           {"lxc_status", "status"}}},
    .words = {"POST start",
              "task {upid} still running after {wait}s ; fetching current status anyway."},
    .needs = {{"VM.PowerMgmt"}, {"VM.Audit"}},
};

int main(int argc, char** argv) { return run(start, argc, argv); }
