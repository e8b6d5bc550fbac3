// Bring virtual machines to what their lines want: tags, cards, cloud-init, sizes, in one change.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/configuration.h"
using namespace proxmox;

constexpr Tool configure{
    .name = "proxmox_vm.configure",
    .action = "vm_configure",
    .summary = "bring virtual machines to what their lines want, and change nothing else",
    .example = R"(echo '{"vm_id":100,"vm_tags":"web","vm_cores":4}' | proxmox_vm.configure)",
    .lines = {.keys = wanted_of_machine,
              .settings = {{"--set-password", "", "set vm_ci_password where there is one already",
                            "vm_set_password"}}},
    .guard = Guard::on_request,
    .own = {.way = configure_machine,
            .acts = true,
            .requests = {{Method::get, "{guest}/config"},
                         {Method::put, "{guest}/config"},
                         {Method::put, "{guest}/resize"},
                         {Method::put, "{guest}/cloudinit"}}},
    .wait = 600s,
    .prints = {.columns = {{"vm_id", json_of("vm_id")},
                           {"vm_name", text("{vm_name}"), ""},
                           {"vm_changes", json_of("shown_changes")},
                           {"vm_grown_to", text("{vm_grown_to}"), ""},
                           {"vm_as_wanted", json_of("vm_as_wanted")}},
               .carries = true},
    .words = {"PUT config", "task {upid} still running after {wait}s"},
    .needs = {{"VM.Config.Options"},
              {"VM.Config.CPU"},
              {"VM.Config.Memory"},
              {"VM.Config.Network"},
              {"VM.Config.Cloudinit"},
              {"VM.Config.Disk"},
              {"VM.Audit"}},
};

int main(int argc, char** argv) { return run(configure, argc, argv); }
